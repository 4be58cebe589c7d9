import { type OperationDefinitionNode, valueFromASTUntyped, versionInfo } from 'graphql'

/** The variables of a request, before coercion. */
export type RawVariables = Readonly<Record<string, unknown>>

/** Stands for the value of a getter or an iterator, which can be another one when graphql-js reads it again. */
export const UNREADABLE = Symbol('unreadable')

/**
 * Returns the value that graphql-js will read for a variable: the one sent, or the operation's default; undefined if the
 * variable is not provided. A variable that is sent as undefined is coerced to null.
 */
export function getProvidedValue(variable: string, defaultValue: unknown, variables: RawVariables): unknown {
  return Object.hasOwn(variables, variable) ? (readProperty(variables, variable) ?? null) : defaultValue
}

/**
 * Returns the value whose fields a variable provides. It differs from the provided value only for a variable that is sent as
 * undefined, on graphql-js 17: that version reads the fields of the operation's default. The variable itself still counts
 * as provided, since other executors read null.
 */
export function getProvidedFields(variable: string, defaultValue: unknown, variables: RawVariables): unknown {
  const readsDefault =
    versionInfo.major > 16 &&
    Object.hasOwn(variables, variable) &&
    readProperty(variables, variable) === undefined
  return readsDefault ? defaultValue : getProvidedValue(variable, defaultValue, variables)
}

/** Reads the default values of the operation's variables that have one. */
export const readVariableDefaults = (operation: OperationDefinitionNode): ReadonlyMap<string, unknown> =>
  new Map(
    operation.variableDefinitions?.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
    ),
  )

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/**
 * Returns the value of a property, inherited ones included, without calling a getter.
 * Not checked here: that a Proxy gives the same value again.
 */
export function readProperty(object: object, key: PropertyKey): unknown {
  for (let owner: unknown = object; owner; owner = Object.getPrototypeOf(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, key)
    if (property) return 'value' in property ? property.value : UNREADABLE
  }
  return undefined
}
