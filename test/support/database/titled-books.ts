import type { BookRepository } from '../../../src/database/book-repository.ts'

export const WRITE_OPTIONS = {
  clientId: 'c',
  addedBy: 's',
  addedAt: new Date('2026-01-01T00:00:00Z'),
  idempotencyTtlMs: 1,
  idempotentWrite: undefined,
}
const MAX_BOOKS = 1_000

export const createNewBook = (title: string, author = 'a') => ({
  argument: '',
  id: undefined,
  title,
  author,
  cents: 1,
  numPages: 1,
})

/** Searches by words of the title, and optionally by author. */
export async function findIdsByTitle(
  books: BookRepository,
  title: string,
  author?: string,
): Promise<number[]> {
  const page = { from: 'start', pageSize: MAX_BOOKS, after: undefined, before: undefined } as const
  const found = await books.page({ criteria: { title, author }, ...page })
  return found.books.map(({ id }) => id)
}
