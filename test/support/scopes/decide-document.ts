import { type GraphQLSchema, getOperationAST, parse } from 'graphql'
import { authorizePlan } from '../../../src/scopes/authorize-plan.ts'
import type { Decision } from '../../../src/scopes/index.ts'
import { compilePlan, type Plan } from '../../../src/scopes/plan.ts'
import type { RawVariables } from '../../../src/scopes/raw-variables.ts'
import { ANONYMOUS, type Rules } from '../../../src/scopes/rule.ts'

/** Compiles the plan of the only operation in a document. */
export function compileDocument(schema: GraphQLSchema, rules: Rules, source: string): Plan {
  const document = parse(source)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('The document has no operation.')
  return compilePlan(schema, rules, document, operation)
}

/** Formats the denials of a decision as `coordinate path`, sorted. */
export const formatDenials = (decision: Decision): string[] =>
  decision.allowed
    ? []
    : decision.denials.map(({ coordinate, path }) => `${coordinate} ${path.join('.')}`).sort()

/**
 * Decides on the only operation in a document.
 * @param granted undefined for an anonymous caller
 */
export const decideDocument = (
  schema: GraphQLSchema,
  rules: Rules,
  source: string,
  granted: readonly string[] | undefined,
  variables: RawVariables = {},
) => authorizePlan(compileDocument(schema, rules, source), granted ? new Set(granted) : ANONYMOUS, variables)
