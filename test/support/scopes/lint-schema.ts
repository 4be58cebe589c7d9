import { buildASTSchema, type GraphQLSchema, parse, Source } from 'graphql'
import { readValidatedRules, type SchemaViolation, SchemaViolationsError } from '../../../src/scopes/index.ts'
import { SCOPE_DIRECTIVES } from '../../cases/scopes/decisions/decision-schema.ts'

/** A schema that nobody but lint has looked at. Its own text begins in line 1 of `test.graphql`. */
export const buildUncheckedSchema = (text: string, directives = SCOPE_DIRECTIVES): GraphQLSchema => {
  const definitions = [new Source(text, 'test.graphql'), ...(directives ? [new Source(directives)] : [])]
  return buildASTSchema(
    { kind: 'Document' as never, definitions: definitions.flatMap((source) => parse(source).definitions) },
    { assumeValidSDL: true },
  )
}

/** What a start is refused for; nothing if it is not. */
export function findSchemaViolations(schema: GraphQLSchema): readonly SchemaViolation[] {
  try {
    readValidatedRules(schema)
    return []
  } catch (error) {
    if (error instanceof SchemaViolationsError) return error.violations
    throw error
  }
}
