import { type ConstDirectiveNode, type ConstValueNode, Kind } from 'graphql'

/** Returns the value of a directive's argument; undefined if the source does not provide it. */
export const getArgumentValue = (directive: ConstDirectiveNode, name: string): ConstValueNode | undefined =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value

/** Returns the value of a directive's string argument; empty if it is not a string. */
export const getStringArgument = (directive: ConstDirectiveNode, name: string): string =>
  readString(getArgumentValue(directive, name))

/** Returns the value of a string; empty for another value. */
export const readString = (value: ConstValueNode | undefined): string =>
  value?.kind === Kind.STRING ? value.value : ''

/** Returns the values of a list by GraphQL's list coercion: a value that is not a list counts as a list of one; none if it is absent. */
export function listValues(value: ConstValueNode | undefined): readonly ConstValueNode[] {
  if (value === undefined) return []
  return value.kind === Kind.LIST ? value.values : [value]
}
