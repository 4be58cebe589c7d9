import { type DirectiveNode, Kind } from 'graphql'

/** Returns the value of a variable that a condition depends on. */
export type GetConditionValue = (variable: string) => unknown

/**
 * Returns false if `@skip` or `@include` excludes a selection.
 * Fails closed: a selection counts as included unless a condition has exactly the value that excludes it.
 */
export const isIncluded = (
  directives: readonly DirectiveNode[] | undefined,
  getConditionValue: GetConditionValue,
): boolean =>
  !directives?.length ||
  (readCondition(directives, 'skip', getConditionValue) !== true &&
    readCondition(directives, 'include', getConditionValue) !== false)

/** Reads the first directive of this name, as graphql-js does; undefined if there is none. */
function readCondition(
  directives: readonly DirectiveNode[],
  name: 'skip' | 'include',
  getConditionValue: GetConditionValue,
): unknown {
  const directive = directives.find((node) => node.name.value === name)
  const value = directive?.arguments?.find((argument) => argument.name.value === 'if')?.value
  if (value?.kind === Kind.VARIABLE) return getConditionValue(value.name.value)
  return value?.kind === Kind.BOOLEAN ? value.value : undefined
}
