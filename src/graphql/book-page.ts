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
  const { criteria, from, after, before } = request
  const page = await books.page(request)
  const existsBeyond = (side: '<=' | '>=', id: number | undefined) =>
    id !== undefined && books.anyFrom(criteria, side, id)
  let count: Promise<number> | undefined
  return {
    books: page.books,
    hasNextPage: () => (from === 'start' && page.more) || existsBeyond('>=', before),
    hasPreviousPage: () => (from === 'end' && page.more) || existsBeyond('<=', after),
    // Reads every book that matches: once for each page, under any number of aliases.
    totalCount() {
      count ??= books.count(criteria)
      return count
    },
  }
}
