import { GraphQLError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import { authorizePlan, collectRequirements, type Decision } from './authorize-plan.ts'
import type { RawVariables } from './conditions.ts'
import { compilePlan } from './plan.ts'
import type { Rules } from './read-rules.ts'
import { pathToArray } from './requirement-path.ts'
import { isSatisfied, type Rule } from './rule.ts'

/** One rule that an operation meets. */
type ExplainedRequirement = {
  readonly coordinate: string
  readonly path: readonly string[]
  readonly rule: Rule
  readonly isSatisfied: boolean
}
export type Explanation = {
  readonly decision: Decision
  readonly requirements: readonly ExplainedRequirement[]
}

/**
 * Says what an operation asks for and whether these scopes let it pass, without a server.
 * @param operationName needed when the document has several operations
 * @throws GraphQLError when the document is not valid, or has no such operation
 */
export function explainOperation(
  schema: GraphQLSchema,
  rules: Rules,
  source: string,
  grantedScopes: ReadonlySet<string>,
  variables: RawVariables,
  operationName?: string,
): Explanation {
  const document = parse(source)
  const [fault] = validate(schema, document)
  if (fault) throw fault
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new GraphQLError('Which operation is meant? Name one of those in the document.')
  const plan = compilePlan(schema, rules, document, operation)
  const met = collectRequirements(plan, variables).map(({ coordinate, path, rule }) => ({
    coordinate,
    path: pathToArray(path),
    rule,
    isSatisfied: isSatisfied(rule, grantedScopes),
  }))
  return { decision: authorizePlan(plan, grantedScopes, variables), requirements: met }
}
