import { buildASTSchema, type GraphQLSchema, Kind, parse, Source } from 'graphql'
import { type SchemaViolation, ScopeSchemaError } from '../../../src/scopes/index.ts'
import { readValidatedRules } from '../../../src/scopes/lint.ts'
import { SCOPE_DIRECTIVES } from '../../cases/scopes/decisions/decision-schema.ts'

/** Builds a schema without graphql-js' validation. Its text has the source name `test.graphql`. */
export function buildUncheckedSchema(text: string, directives = SCOPE_DIRECTIVES): GraphQLSchema {
  const sources = [new Source(text, 'test.graphql'), ...(directives ? [new Source(directives)] : [])]
  const definitions = sources.flatMap((source) => parse(source).definitions)
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true })
}

/** Adds declarations to SDL, of those scopes that it names. */
export const declareScopes = (sdl: string, ...scopes: readonly string[]) =>
  [
    sdl,
    ...scopes
      .filter((scope) => sdl.includes(`"${scope}"`))
      .map((scope) => `extend schema @scope(name: "${scope}", description: "d")`),
  ].join(' ')

/** Returns the violations that `readValidatedRules` reports, their fixes in the messages; none if the schema is valid. */
export function findSchemaViolations(
  schema: GraphQLSchema,
  options?: { readonly strict: boolean },
): readonly Omit<SchemaViolation, 'fix'>[] {
  try {
    readValidatedRules(schema, options)
    return []
  } catch (error) {
    if (error instanceof ScopeSchemaError)
      return error.errors.map(({ coordinate, location, message, fix }) => ({
        coordinate,
        location,
        message: `${message} ${fix}`.trim(),
      }))
    throw error
  }
}
