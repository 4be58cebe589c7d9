import { type GraphQLSchema, getOperationAST, parse } from 'graphql'
import {
  authorizePlan,
  compilePlan,
  type Decision,
  type Plan,
  type Rules,
} from '../../../src/scopes/index.ts'

/** The plan of a document's one operation. */
export function compileDocument(schema: GraphQLSchema, rules: Rules, source: string): Plan {
  const document = parse(source)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  return compilePlan(schema, rules, document, operation)
}

/** What is denied, as `coordinate path`, sorted. */
export const formatDenials = (decision: Decision): string[] =>
  decision.allowed ? [] : decision.denials.map((one) => `${one.coordinate} ${one.path.join('.')}`).sort()

export const decideDocument = (
  schema: GraphQLSchema,
  rules: Rules,
  source: string,
  held: readonly string[],
  variables: Record<string, unknown> = {},
) => authorizePlan(compileDocument(schema, rules, source), new Set(held), variables)
