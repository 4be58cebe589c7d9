/**
 * Calls a function and reports its end: when its promise settles, or at once where it returns no promise. Its result and
 * its error stay the same, and a synchronous function stays synchronous.
 */
export function observeCall<Result>(
  call: () => Result,
  onResult: (result: Awaited<Result>) => void,
  onError: (error: unknown) => void,
): Result {
  function fail(error: unknown): never {
    onError(error)
    throw error
  }
  function succeed(result: Awaited<Result>): Awaited<Result> {
    onResult(result)
    return result
  }
  let result: Result
  try {
    result = call()
  } catch (error) {
    return fail(error)
  }
  return (
    result instanceof Promise ? result.then(succeed, fail) : succeed(result as Awaited<Result>)
  ) as Result
}
