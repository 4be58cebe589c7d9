import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type ExecutionResult, GraphQLError } from 'graphql'

/** What an execution did, in a form that can be compared to the letter. */
export type ExecutionOutcome = {
  readonly result: unknown
  readonly hasErrors: boolean
  readonly resolverCalls: readonly unknown[]
}

/**
 * @param calls to which the resolvers add; what is still under way when the answer comes is waited for
 * @throws where the answer has changed after it was given
 */
export async function recordOutcome(
  run: () => ExecutionResult | Promise<ExecutionResult>,
  calls: readonly unknown[],
): Promise<ExecutionOutcome> {
  const answer = answerOf(await run())
  const { written, result } = answer
  await setImmediate()
  if (!isDeepStrictEqual(answerOf(result).written, written)) throw new Error('the answer has changed since')
  return { result: written, hasErrors: 'errors' in result, resolverCalls: [...calls] }
}

const answerOf = (result: ExecutionResult) => ({
  result,
  written: Object.entries(result).map(([key, part]) => [
    key,
    key === 'errors' ? (part as GraphQLError[]).map(errorOf) : inOrder(part),
  ]),
})

/** Objects as lists of their parts: the order of keys counts, and what made the object does not. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null || value instanceof Map) return value
  return { object: Object.entries(value).map(([key, part]) => [key, inOrder(part)]) }
}

function errorOf(error: GraphQLError): unknown {
  if (!(error instanceof GraphQLError)) throw new Error('an error of another kind')
  const { message, path, locations, extensions, nodes, name, originalError: cause } = error
  return { message, path, locations, extensions, nodes, name, cause: cause && [cause.name, cause.message] }
}
