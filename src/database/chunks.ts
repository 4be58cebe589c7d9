const LARGEST = 256

/**
 * Cuts a list into pieces whose lengths are powers of two, 256 at most: of each statement over many rows there are nine.
 */
export function* splitIntoChunks<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; ) {
    let size = LARGEST
    while (size > list.length - start) size /= 2
    yield list.slice(start, start + size)
    start += size
  }
}
