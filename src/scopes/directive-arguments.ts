import { type ConstDirectiveNode, type ConstValueNode, Kind } from 'graphql'

/** Returns the value of a directive's argument; undefined if the source does not provide it. */
export const getArgumentValue = (directive: ConstDirectiveNode, name: string): ConstValueNode | undefined =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value

/** Returns the value of a directive's string argument; empty if it is not a string. */
export const getStringArgument = (directive: ConstDirectiveNode, name: string): string =>
  readString(getArgumentValue(directive, name))

/** Returns the text of a string; empty for another value. */
export const readString = (value: ConstValueNode | undefined): string =>
  value?.kind === Kind.STRING ? value.value : ''
