// The parts of the executor that depend on the version of graphql. The types are those of graphql 16.
import { type GraphQLArgument, type GraphQLError, getVariableValues, versionInfo } from 'graphql'
import { type CoercedVariables, type Execution, isPromise } from './execution.ts'

export const isGraphQL17 = versionInfo.major >= 17

/** The result of `getVariableValues`: `coerced` of graphql 16, or `variableValues` of graphql 17. */
type VariableValues = {
  readonly errors?: readonly GraphQLError[]
  readonly coerced?: Record<string, unknown>
  readonly variableValues?: { readonly coerced: Record<string, unknown> }
}

/** Coerces variables with graphql-js' `getVariableValues`. */
export function coerceVariables(
  ...args: Parameters<typeof getVariableValues>
): CoercedVariables | { readonly errors: readonly GraphQLError[] } {
  const { errors, coerced = {}, variableValues }: VariableValues = getVariableValues(...args)
  if (errors) return { errors }
  return { variables: variableValues?.coerced ?? coerced, variableValues: variableValues ?? coerced }
}

/** Returns true if an argument has a value without being provided. */
export const hasDefault = (argument: GraphQLArgument): boolean =>
  argument.defaultValue !== undefined || ('default' in argument && argument.default !== undefined)

/** Creates an object for the arguments of a field. It has no prototype since graphql 17. */
export const createArguments: () => Record<string, unknown> = isGraphQL17
  ? () => Object.create(null)
  : () => ({})

/** The name of the method of leaf types that converts a value to the one in the response. */
export const SERIALIZE = isGraphQL17 ? ('coerceOutputValue' as 'serialize') : 'serialize'

/**
 * Completes the value of a promise as graphql 17 does: in as many microtasks, because the order of errors depends on
 * them, and not after the result was returned.
 */
export async function settle(
  promise: Promise<unknown>,
  { errorCollector }: Execution,
  complete: (value: unknown) => unknown,
  handleError: (error: unknown) => null,
): Promise<unknown> {
  try {
    const value = await promise
    if (errorCollector.isClosed) throw new Error('The result has been returned.')
    const completed = complete(value)
    return isPromise(completed) ? await completed : completed
  } catch (error) {
    return handleError(error)
  }
}
