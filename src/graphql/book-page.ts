import type { BookRange } from '../database/book-query.ts'
import type { BookPageRequest, BookRepository } from '../database/book-repository.ts'
import type { StoredBook } from '../database/tables.ts'

/** A page of books. The flags and the count are queried only if they are selected. */
export type BookPage = {
  readonly books: StoredBook[]
  hasNextPage(): boolean | Promise<boolean>
  hasPreviousPage(): boolean | Promise<boolean>
  totalCount(): Promise<number>
  isTotalCountExact(): Promise<boolean>
}

/**
 * Reads a page of books with both flags of Relay's PageInfo (GraphQL Cursor Connections Specification §5.1).
 * @param maxCount the number at which the count of the matching books ends
 */
export async function readBookPage(
  books: BookRepository,
  request: BookPageRequest,
  maxCount: number,
): Promise<BookPage> {
  const { criteria, order, from, after, before } = request
  const page = await books.page(request)
  const existsFrom = (range: BookRange) =>
    (range.after ?? range.before) !== undefined &&
    books.exists(criteria, { ...range, order, includesBounds: true })
  const countMatching = once(() => books.count(criteria, maxCount))
  // Each is queried once for each page, under any number of aliases.
  return {
    books: page.books,
    hasNextPage: once(() => (from === 'start' && page.more) || existsFrom({ from: 'start', after: before })),
    hasPreviousPage: once(() => (from === 'end' && page.more) || existsFrom({ from: 'end', before: after })),
    totalCount: async () => (await countMatching()).count,
    isTotalCountExact: async () => (await countMatching()).isExact,
  }
}

/** Returns a function that calls another one the first time, and returns its result each time. */
function once<Result>(call: () => Result): () => Result {
  let first: { readonly result: Result } | undefined
  return () => {
    first ??= { result: call() }
    return first.result
  }
}
