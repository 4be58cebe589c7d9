/**
 * Where a list breaks off, graphql-js leaves its items' promises to themselves, and Jest would hear of their failures:
 * while this runs, each promise that another one's `then` makes has somebody who listens.
 */
export async function withHandledRejections(run: () => Promise<void>): Promise<void> {
  const { then } = Promise.prototype
  const listened: unknown = function thenListened(this: Promise<unknown>, ...handlers: [never, never]) {
    const made: Promise<unknown> = Reflect.apply(then, this, handlers)
    Reflect.apply(then, made, [undefined, () => undefined])
    return made
  }
  // biome-ignore lint/suspicious/noThenProperty: it is put back
  Promise.prototype.then = listened as typeof then
  try {
    await run()
  } finally {
    // biome-ignore lint/suspicious/noThenProperty: it was there
    Promise.prototype.then = then
  }
}
