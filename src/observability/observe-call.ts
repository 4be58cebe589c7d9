/** Calls a function and reports its end, at once where it returns no promise. Result and error stay the same. */
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
  try {
    const result = call()
    const isPromise = result instanceof Promise
    return (isPromise ? result.then(succeed, fail) : succeed(result as Awaited<Result>)) as Result
  } catch (error) {
    return fail(error)
  }
}
