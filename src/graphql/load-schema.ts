import { readdirSync, readFileSync } from 'node:fs'
import { printSchemaWithDirectives } from '@graphql-tools/utils'
import {
  buildASTSchema,
  concatAST,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  Source,
} from 'graphql'

const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url)

/** Loads the schema from `schema/*.graphql`, without resolvers. Every definition knows its file and line. */
export const loadSchema = (): GraphQLSchema => buildASTSchema(concatAST(readDocuments()))

/** Prints a schema in SDL, with the directives that are applied to its elements. */
export const printSdl = (schema: GraphQLSchema): string => `${printSchemaWithDirectives(schema)}\n`

/**
 * Builds another version of the schema, for comparison.
 * @param files the SDL; if it declares none of the project's directives, the current declarations are added
 * @throws GraphQLError or Error if they are not a valid schema
 */
export function buildSchemaFromFiles(
  files: readonly { readonly name: string; readonly text: string }[],
): GraphQLSchema {
  const documents = files.map(({ name, text }) => parse(new Source(text, name)))
  const defined = new Set(documents.flatMap(directiveNames))
  const missing = readDocuments().filter((document) => {
    const names = directiveNames(document)
    return names.length > 0 && !names.some((name) => defined.has(name))
  })
  return buildASTSchema(concatAST([...missing, ...documents]))
}

function readDocuments(): DocumentNode[] {
  const files = readdirSync(SCHEMA_FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
  return files.map((name) =>
    parse(new Source(readFileSync(new URL(name, SCHEMA_FOLDER), 'utf8'), `schema/${name}`)),
  )
}

const directiveNames = (document: DocumentNode) =>
  document.definitions.flatMap((node) => (node.kind === Kind.DIRECTIVE_DEFINITION ? [node.name.value] : []))
