const MAX_CHUNK = 256
/** The most rows that one statement of background work deletes. */
export const MAX_BATCH_ROWS = 1_000

/**
 * Splits a list into chunks whose lengths are powers of two, 256 at most: a statement over many rows then has only nine
 * different texts, so that few of them are prepared.
 */
export function* splitIntoChunks<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; ) {
    let size = MAX_CHUNK
    while (size > list.length - start) size /= 2
    yield list.slice(start, start + size)
    start += size
  }
}

/**
 * Splits a list into chunks of up to 256, each repeating its last item until its length is a power of two: a list of up to
 * 256 ids is read by one statement.
 */
export function* splitIntoPaddedChunks<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += MAX_CHUNK) {
    const chunk = list.slice(start, start + MAX_CHUNK)
    const size = 2 ** Math.ceil(Math.log2(chunk.length))
    yield [...chunk, ...chunk.slice(-1).flatMap((last) => Array<T>(size - chunk.length).fill(last))]
  }
}
