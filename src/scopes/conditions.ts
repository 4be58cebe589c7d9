import { type DirectiveNode, Kind, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql'

/** The variables that a request brought, before coercion. */
export type Variables = Readonly<Record<string, unknown>>

/** Holds unless the variable is certain to be the opposite: what can't be told asks, it never opens. */
export type Condition = { readonly variable: string; readonly unless: boolean; readonly fallback: unknown }

const ALWAYS: readonly Condition[] = []

/**
 * What `@skip` and `@include` on one selection say.
 * @returns the conditions that depend on variables, all of which must hold; undefined if a literal rules it out
 */
export function conditionsOf(
  directives: readonly DirectiveNode[] | undefined,
  operation: OperationDefinitionNode,
): readonly Condition[] | undefined {
  if (!directives?.length) return ALWAYS
  const conditions: Condition[] = []
  for (const { name, arguments: args } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue
    const unless = name.value === 'skip'
    const value = args?.find((argument) => argument.name.value === 'if')?.value
    if (value?.kind === Kind.BOOLEAN && value.value === unless) return undefined
    if (value?.kind === Kind.VARIABLE) {
      const variable = value.name.value
      conditions.push({ variable, unless, fallback: defaultOf(operation, variable) })
    }
  }
  return conditions
}

export const holds = (condition: Condition, variables: Variables) =>
  provided(condition.variable, condition.fallback, variables) !== condition.unless

/** A variable's value as the request gives it: sent, or the default that its document writes; else undefined. */
export const provided = (variable: string, fallback: unknown, variables: Variables) =>
  Object.hasOwn(variables, variable) ? variables[variable] : fallback

/** The default that the operation writes for a variable; undefined if none. */
export function defaultOf(operation: OperationDefinitionNode, variable: string): unknown {
  const node = operation.variableDefinitions?.find(
    (one) => one.variable.name.value === variable,
  )?.defaultValue
  return node && valueFromASTUntyped(node)
}
