import { type DirectiveNode, Kind, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql'

/** The variables of a request, before coercion. */
export type RawVariables = Readonly<Record<string, unknown>>

/**
 * A `@skip` or `@include` that depends on a variable.
 * Fails closed: a selection counts as included unless the variable equals `excludedWhen`.
 */
export type SelectionCondition = {
  readonly variable: string
  readonly excludedWhen: boolean
  readonly defaultValue: unknown
}

const NO_CONDITIONS: readonly SelectionCondition[] = []

/**
 * Parses the `@skip` and `@include` of one selection.
 * @returns the conditions that depend on variables, all of which must hold; undefined if a literal excludes the selection
 */
export function parseConditions(
  directives: readonly DirectiveNode[] | undefined,
  operation: OperationDefinitionNode,
): readonly SelectionCondition[] | undefined {
  if (!directives?.length) return NO_CONDITIONS
  const conditions: SelectionCondition[] = []
  for (const { name, arguments: args } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue
    const excludedWhen = name.value === 'skip'
    const value = args?.find((argument) => argument.name.value === 'if')?.value
    if (value?.kind === Kind.BOOLEAN && value.value === excludedWhen) return undefined
    if (value?.kind === Kind.VARIABLE) {
      const variable = value.name.value
      conditions.push({ variable, excludedWhen, defaultValue: getVariableDefault(operation, variable) })
    }
  }
  return conditions
}

/** Returns false if the condition excludes its selection from this request. */
export const conditionHolds = (condition: SelectionCondition, variables: RawVariables) =>
  getProvidedValue(condition.variable, condition.defaultValue, variables) !== condition.excludedWhen

/** Returns the value of a variable in a request: the one sent, or the operation's default. */
export const getProvidedValue = (variable: string, defaultValue: unknown, variables: RawVariables) =>
  Object.hasOwn(variables, variable) ? variables[variable] : defaultValue

/** Returns the default value that the operation declares for a variable; undefined if none. */
export function getVariableDefault(operation: OperationDefinitionNode, variable: string): unknown {
  const node = operation.variableDefinitions?.find(
    (definition) => definition.variable.name.value === variable,
  )?.defaultValue
  return node && valueFromASTUntyped(node)
}
