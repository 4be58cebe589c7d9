import { readdirSync, readFileSync } from 'node:fs'
import { addResolversToSchema } from '@graphql-tools/schema'
import { type IResolvers, printSchemaWithDirectives } from '@graphql-tools/utils'
import type { GraphQLSchema } from 'graphql'
import { buildSchemaFromFiles, createScopes, type Scopes } from '../scopes/index.ts'

const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url)

/**
 * Loads the schema from `schema/*.graphql`, without resolvers. Every definition has its file and line.
 * @param options with `isSubgraph`, also from `schema/subgraph/*.graphql`, which extends it to a subgraph of Apollo Federation
 * @throws ScopeSchemaError if the files are not valid SDL
 */
export const loadSchema = ({ isSubgraph = false } = {}): GraphQLSchema =>
  buildSchemaFromFiles([...readFiles(), ...(isSubgraph ? readFiles('subgraph/') : [])])

/** Loads the schema and checks its rules. @throws ScopeSchemaError */
export function loadCheckedSchema(): GraphQLSchema {
  const schema = loadSchema()
  createApiScopes(schema)
  return schema
}

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
 * @param files the SDL; if it does not declare `@cost`, the current declaration is added
 * @throws ScopeSchemaError if the files are not valid SDL
 */
export function buildOtherSchema(files: Parameters<typeof buildSchemaFromFiles>[0]): GraphQLSchema {
  const hasCost = files.some(({ text }) => text.includes('directive @cost'))
  return buildSchemaFromFiles(hasCost ? files : [...files, readFile('cost.graphql')])
}

const readFiles = (folder = '') =>
  readdirSync(new URL(folder, SCHEMA_FOLDER))
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFile(folder + name))

const readFile = (name: string) => ({
  name: `schema/${name}`,
  text: readFileSync(new URL(name, SCHEMA_FOLDER), 'utf8'),
})
