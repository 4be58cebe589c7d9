import type { BookPageRequest, BookRepository } from '../database/book-repository.ts'
import type { StoredBook } from '../database/tables.ts'

/** A page, and what stands around it: that is looked up by whoever asks for it, not before. */
export type BookPage = {
  readonly books: StoredBook[]
  hasNextPage(): boolean | Promise<boolean>
  hasPreviousPage(): boolean | Promise<boolean>
  totalCount(): Promise<number>
}

/** Reads one page. Relay's specification of cursors, section 5.1: `hasNextPage` and `hasPreviousPage` are both told. */
export async function readBookPage(books: BookRepository, page: BookPageRequest): Promise<BookPage> {
  const { criteria, from, after, before } = page
  const found = await books.page(page)
  const beyond = (side: '<=' | '>=', id: number | undefined) =>
    id !== undefined && books.anyFrom(criteria, side, id)
  let count: Promise<number> | undefined
  return {
    books: found.books,
    hasNextPage: () => (from === 'start' && found.more) || beyond('>=', before),
    hasPreviousPage: () => (from === 'end' && found.more) || beyond('<=', after),
    // Once for a page, under however many names it is asked for: it looks at every book that matches.
    totalCount() {
      count ??= books.count(criteria)
      return count
    },
  }
}
