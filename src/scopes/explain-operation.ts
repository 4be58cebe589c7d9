import { GraphQLError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import { activeAsks, type Decision, decide } from './authorize-plan.ts'
import type { Variables } from './conditions.ts'
import { compilePlan } from './plan.ts'
import type { Rules } from './read-rules.ts'
import { keysOf } from './requirement-path.ts'
import { type Rule, satisfies } from './rule.ts'

/** One rule that an operation meets. */
type Met = {
  readonly coordinate: string
  readonly path: readonly string[]
  readonly rule: Rule
  readonly held: boolean
}
export type Explanation = { readonly decision: Decision; readonly met: readonly Met[] }

/**
 * Says what an operation asks for and whether these scopes let it pass, without a server.
 * @param operationName needed when the document has several operations
 * @throws GraphQLError when the document is not valid, or has no such operation
 */
export function explain(
  schema: GraphQLSchema,
  rules: Rules,
  source: string,
  held: ReadonlySet<string>,
  variables: Variables,
  operationName?: string,
): Explanation {
  const document = parse(source)
  const [fault] = validate(schema, document)
  if (fault) throw fault
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new GraphQLError('Which operation is meant? Name one of those in the document.')
  const plan = compilePlan(schema, rules, document, operation)
  const met = activeAsks(plan, variables).map(({ coordinate, path, rule }) => ({
    coordinate,
    path: keysOf(path),
    rule,
    held: satisfies(rule, held),
  }))
  return { decision: decide(plan, held, variables), met }
}
