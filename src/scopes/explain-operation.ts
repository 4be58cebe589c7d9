import {
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  type Source,
  validate,
} from 'graphql'
import { authorizePlan, collectRequirements, type Decision } from './authorize-plan.ts'
import { compilePlan } from './plan.ts'
import type { RawVariables } from './raw-variables.ts'
import { pathToArray } from './requirement-path.ts'
import { isSatisfied, listAlternatives, type Rule, type Rules } from './rule.ts'

/** A decision on an operation, and every rule that it runs into. */
export type Explanation = {
  readonly decision: Decision
  readonly requirements: readonly {
    readonly coordinate: string
    readonly path: readonly string[]
    /** The rule, as in `Scopes.table()`. */
    readonly scopes: Rule
    readonly isSatisfied: boolean
  }[]
}

/**
 * Decides on an operation and lists its requirements, without executing it.
 * @param operationName required if the document has several operations
 * @throws GraphQLError if the document is invalid, or the operation is not in it
 */
export function explainOperation(
  schema: GraphQLSchema,
  rules: Rules,
  source: string | Source,
  grantedScopes: ReadonlySet<string>,
  variables: RawVariables,
  operationName?: string,
): Explanation & { readonly operation: OperationDefinitionNode } {
  const document = parse(source)
  const [validationError] = validate(schema, document)
  if (validationError) throw validationError
  const operation = getOperationAST(document, operationName)
  if (!operation)
    throw new GraphQLError(
      operationName === undefined
        ? 'The document has several operations. Name the one to explain.'
        : `The document has no operation named "${operationName}".`,
    )
  const plan = compilePlan(schema, rules, document, operation)
  const requirements = collectRequirements(plan, variables).map(({ coordinate, path, rule }) => ({
    coordinate,
    path: pathToArray(path),
    scopes: listAlternatives(rule),
    isSatisfied: isSatisfied(rule, grantedScopes),
  }))
  return { operation, decision: authorizePlan(plan, grantedScopes, variables), requirements }
}
