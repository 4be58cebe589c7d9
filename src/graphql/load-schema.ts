import { readdirSync, readFileSync } from 'node:fs'
import { printSchemaWithDirectives } from '@graphql-tools/utils'
import type { GraphQLSchema } from 'graphql'
import { buildSchemaFromFiles } from '../scopes/index.ts'
import { type Rules, readValidatedRules } from '../scopes/internal.ts'

const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url)

/**
 * Loads the schema from `schema/*.graphql`, without resolvers. Every definition has its file and line.
 * @throws ScopeSchemaError if the files are not valid SDL
 */
export const loadSchema = (): GraphQLSchema => buildSchemaFromFiles(readFiles())

/** Loads the schema and checks its rules. @throws ScopeSchemaError */
export function loadCheckedSchema(): GraphQLSchema {
  const schema = loadSchema()
  loadRules(schema)
  return schema
}

/** Reads the rules of the API's schema and validates them in strict mode. @throws ScopeSchemaError */
export const loadRules = (schema: GraphQLSchema): Rules => readValidatedRules(schema, { strict: true })

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

const readFiles = () =>
  readdirSync(SCHEMA_FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map(readFile)

const readFile = (name: string) => ({
  name: `schema/${name}`,
  text: readFileSync(new URL(name, SCHEMA_FOLDER), 'utf8'),
})
