import { buildASTSchema, type GraphQLSchema, parse, Source } from 'graphql'
import { lintedRules, type SchemaFault, SchemaFaults } from '../../../src/scopes/lint.ts'
import { DIRECTIVES } from '../../cases/scopes/decisions/decision-schema.ts'

/** A schema that nobody but lint has looked at. Its own text begins in line 1 of `test.graphql`. */
export const unchecked = (text: string, directives = DIRECTIVES): GraphQLSchema => {
  const definitions = [new Source(text, 'test.graphql'), ...(directives ? [new Source(directives)] : [])]
  return buildASTSchema(
    { kind: 'Document' as never, definitions: definitions.flatMap((source) => parse(source).definitions) },
    { assumeValidSDL: true },
  )
}

/** What a start is refused for; nothing if it is not. */
export function faultsOf(schema: GraphQLSchema): readonly SchemaFault[] {
  try {
    lintedRules(schema)
    return []
  } catch (error) {
    if (error instanceof SchemaFaults) return error.faults
    throw error
  }
}
