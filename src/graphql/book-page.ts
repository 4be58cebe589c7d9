import type { BookRange } from '../database/book-query.ts'
import type { BookPageRequest, BookRepository } from '../database/book-repository.ts'
import type { StoredBook } from '../database/tables.ts'

/** A page of books. The flags and the count are queried only if they are selected. */
export type BookPage = {
  readonly books: StoredBook[]
  hasNextPage(): boolean | Promise<boolean>
  hasPreviousPage(): boolean | Promise<boolean>
  totalCount(): Promise<number>
}

/** Reads a page of books with both flags of Relay's PageInfo (GraphQL Cursor Connections Specification §5.1). */
export async function readBookPage(books: BookRepository, request: BookPageRequest): Promise<BookPage> {
  const { criteria, order, from, after, before } = request
  const page = await books.page(request)
  const existsFrom = (range: BookRange) =>
    (range.after ?? range.before) !== undefined &&
    books.exists(criteria, { ...range, order, includesBounds: true })
  let count: Promise<number> | undefined
  return {
    books: page.books,
    hasNextPage: () => (from === 'start' && page.more) || existsFrom({ from: 'start', after: before }),
    hasPreviousPage: () => (from === 'end' && page.more) || existsFrom({ from: 'end', before: after }),
    // Reads every book that matches: once for each page, under any number of aliases.
    totalCount() {
      count ??= books.count(criteria)
      return count
    },
  }
}
