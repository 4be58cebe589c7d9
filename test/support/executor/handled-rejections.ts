/**
 * Runs a function and handles the rejections of all promises that `then` creates meanwhile. graphql-js leaves the
 * promises of a list's items unhandled if another item fails the list, and Jest reports them.
 */
export async function withHandledRejections(run: () => Promise<void>): Promise<void> {
  const { then } = Promise.prototype
  const handledThen: unknown = function handledThen(this: Promise<unknown>, ...handlers: [never, never]) {
    const promise: Promise<unknown> = Reflect.apply(then, this, handlers)
    Reflect.apply(then, promise, [undefined, () => undefined])
    return promise
  }
  // biome-ignore lint/suspicious/noThenProperty: restored below
  Promise.prototype.then = handledThen as typeof then
  try {
    await run()
  } finally {
    // biome-ignore lint/suspicious/noThenProperty: restores the original
    Promise.prototype.then = then
  }
}
