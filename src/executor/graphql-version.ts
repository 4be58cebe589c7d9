// The parts of the executor that depend on the version of graphql. The types are those of graphql 16.
import { type GraphQLArgument, type GraphQLError, getVariableValues, versionInfo } from 'graphql'
import { type CoercedVariables, type Execution, isPromise } from './execution.ts'

/** True for graphql 17 and later. */
export const isGraphQL17 = versionInfo.major >= 17

/** The result of `getVariableValues`: `coerced` of graphql 16, or `variableValues` of graphql 17. */
type VariableValues = {
  readonly errors?: readonly GraphQLError[]
  readonly coerced?: Record<string, unknown>
  readonly variableValues?: { readonly coerced: Record<string, unknown> }
}

/** Coerces variables with graphql-js' `getVariableValues`. Returns the variables, or the errors of invalid ones. */
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

/** The name of the method of leaf types that converts a resolver's value to the response's. */
export const SERIALIZE = isGraphQL17 ? ('coerceOutputValue' as 'serialize') : 'serialize'

/**
 * Awaits the promise of a value and completes it as graphql 17 does: in the same number of microtasks, on which the order of
 * errors depends, and not at all once the result was returned.
 * @param complete returns the value in the response, or a promise of it
 * @param handleError returns null for an error, or throws it
 */
export async function completeAwaited(
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
