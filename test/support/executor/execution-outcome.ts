import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type ExecutionResult, GraphQLError } from 'graphql'

/** The result and the resolver calls of an execution, in a form that can be compared exactly. */
export type ExecutionOutcome = {
  readonly result: unknown
  readonly hasErrors: boolean
  readonly resolverCalls: readonly unknown[]
}

/**
 * Executes an operation and records its outcome, including resolver calls that are pending when the result is returned.
 * @param resolverCalls the list to which the resolvers add
 * @throws if the result changes after it was returned
 */
export async function recordOutcome(
  execute: () => ExecutionResult | Promise<ExecutionResult>,
  resolverCalls: readonly unknown[],
): Promise<ExecutionOutcome> {
  const result = await execute()
  const comparable = toComparable(result)
  await setImmediate()
  if (!isDeepStrictEqual(toComparable(result), comparable))
    throw new Error('The result changed after it was returned.')
  return { result: comparable, hasErrors: 'errors' in result, resolverCalls: [...resolverCalls] }
}

const toComparable = (result: ExecutionResult) =>
  Object.entries(result).map(([key, value]) => [
    key,
    key === 'errors' ? (value as GraphQLError[]).map(errorToComparable) : objectToEntries(value),
  ])

/** Converts objects to lists of entries, so that the order of keys counts and the prototype does not. */
function objectToEntries(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(objectToEntries)
  if (typeof value !== 'object' || value === null || value instanceof Map) return value
  return { object: Object.entries(value).map(([key, part]) => [key, objectToEntries(part)]) }
}

function errorToComparable(error: GraphQLError): unknown {
  if (!(error instanceof GraphQLError)) throw new Error('The error is not a GraphQLError.')
  const { message, path, locations, extensions, nodes, name, originalError } = error
  const cause = originalError && [originalError.name, originalError.message]
  return { message, path, locations, extensions, nodes, name, cause }
}
