import { readdirSync, readFileSync } from 'node:fs'
import { addResolversToSchema } from '@graphql-tools/schema'
import { type IResolvers, printSchemaWithDirectives } from '@graphql-tools/utils'
import {
  buildASTSchema,
  concatAST,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  Source,
} from 'graphql'
import { validateSDL } from 'graphql/validation/validate.js'
import { createScopes, ScopeSchemaError, type Scopes } from '../scopes/index.ts'
import { toViolation } from '../scopes/schema-violation.ts'

const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url)

/** Extends the schema to that of a subgraph of Apollo Federation. */
const SUBGRAPH_FOLDER = new URL('subgraph/', SCHEMA_FOLDER)

/**
 * Loads the schema from `schema/*.graphql`, without resolvers. Every definition has its file and line.
 * @param options with `isSubgraph`, also from `schema/subgraph/*.graphql`
 * @throws ScopeSchemaError if the files are not valid SDL
 */
export const loadSchema = ({ isSubgraph = false } = {}): GraphQLSchema =>
  buildValidSchema([...readDocuments(), ...(isSubgraph ? readDocuments(SUBGRAPH_FOLDER) : [])])

/**
 * Reads the rules of the API's schema in strict mode.
 * @param resolvers only for a schema that is executed
 * @throws ScopeSchemaError
 */
export const createApiScopes = (schema: GraphQLSchema, resolvers: IResolvers = {}): Scopes =>
  createScopes(addResolversToSchema({ schema, resolvers }), { strict: true })

/** Prints a schema in SDL, with the directives that are applied to its elements. */
export const printSdl = (schema: GraphQLSchema): string => `${printSchemaWithDirectives(schema)}\n`

/**
 * Builds another version of the schema, for comparison.
 * @param files the SDL; if it declares none of the project's directives, the current declarations are added
 * @throws ScopeSchemaError if the files are not valid SDL
 */
export function buildSchemaFromFiles(files: readonly { readonly name: string; readonly text: string }[]) {
  const documents = files.map(({ name, text }) => parseFile(text, name))
  const defined = new Set(documents.flatMap(directiveNames))
  const missing = readDocuments().filter((document) => {
    const names = directiveNames(document)
    return names.length > 0 && !names.some((name) => defined.has(name))
  })
  return buildValidSchema([...missing, ...documents])
}

function buildValidSchema(documents: readonly DocumentNode[]): GraphQLSchema {
  const document = concatAST(documents)
  const definitions = document.definitions.flatMap((node) => {
    const coordinate = 'name' in node && node.name ? node.name.value : 'schema'
    const members = 'fields' in node ? (node.fields ?? []) : []
    return [
      { coordinate, node },
      ...members.map((member) => ({ coordinate: `${coordinate}.${member.name.value}`, node: member })),
    ]
  })
  // `buildASTSchema` would validate too, but its error has no lines.
  const violations = validateSDL(document).map((error) => toViolation(error, definitions))
  if (violations.length > 0) throw new ScopeSchemaError(violations)
  return buildASTSchema(document, { assumeValidSDL: true })
}

function parseFile(text: string, name: string): DocumentNode {
  try {
    return parse(new Source(text, name))
  } catch (error) {
    if (error instanceof GraphQLError) throw new ScopeSchemaError([toViolation(error, [])])
    throw error
  }
}

function readDocuments(folder = SCHEMA_FOLDER): DocumentNode[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
  const { pathname } = SCHEMA_FOLDER
  return files.map((name) => {
    const url = new URL(name, folder)
    return parseFile(readFileSync(url, 'utf8'), `schema/${url.pathname.slice(pathname.length)}`)
  })
}

const directiveNames = (document: DocumentNode) =>
  document.definitions.flatMap((node) => (node.kind === Kind.DIRECTIVE_DEFINITION ? [node.name.value] : []))
