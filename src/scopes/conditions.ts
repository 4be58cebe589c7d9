import { type DirectiveNode, Kind, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql'

/** The variables that a request brought, before coercion. */
export type RawVariables = Readonly<Record<string, unknown>>

/** Holds unless the variable is certain to be the opposite: what can't be told asks, it never opens. */
export type SelectionCondition = {
  readonly variable: string
  readonly excludedWhen: boolean
  readonly defaultValue: unknown
}

const ALWAYS: readonly SelectionCondition[] = []

/**
 * What `@skip` and `@include` on one selection say.
 * @returns the conditions that depend on variables, all of which must hold; undefined if a literal rules it out
 */
export function parseConditions(
  directives: readonly DirectiveNode[] | undefined,
  operation: OperationDefinitionNode,
): readonly SelectionCondition[] | undefined {
  if (!directives?.length) return ALWAYS
  const conditions: SelectionCondition[] = []
  for (const { name, arguments: args } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue
    const unless = name.value === 'skip'
    const value = args?.find((argument) => argument.name.value === 'if')?.value
    if (value?.kind === Kind.BOOLEAN && value.value === unless) return undefined
    if (value?.kind === Kind.VARIABLE) {
      const variable = value.name.value
      conditions.push({
        variable,
        excludedWhen: unless,
        defaultValue: getVariableDefault(operation, variable),
      })
    }
  }
  return conditions
}

export const conditionHolds = (condition: SelectionCondition, variables: RawVariables) =>
  getProvidedValue(condition.variable, condition.defaultValue, variables) !== condition.excludedWhen

/** A variable's value as the request gives it: sent, or the default that its document writes; else undefined. */
export const getProvidedValue = (variable: string, defaultValue: unknown, variables: RawVariables) =>
  Object.hasOwn(variables, variable) ? variables[variable] : defaultValue

/** The default that the operation writes for a variable; undefined if none. */
export function getVariableDefault(operation: OperationDefinitionNode, variable: string): unknown {
  const node = operation.variableDefinitions?.find(
    (one) => one.variable.name.value === variable,
  )?.defaultValue
  return node && valueFromASTUntyped(node)
}
