import type { Books } from '../../../src/database/book-repository.ts'

export const WRITE = {
  client: 'c',
  addedBy: 's',
  at: new Date('2026-01-01T00:00:00Z'),
  keepMs: 1,
  claim: undefined,
}
const MOST = 1_000

export const bookOf = (title: string, author = 'a') => ({
  argument: '',
  id: undefined,
  title,
  author,
  cents: 1,
  numPages: 1,
})

/** The books that are found by a title's words. */
export async function idsOf(books: Books, title: string, author?: string): Promise<number[]> {
  const page = { from: 'start', size: MOST, after: undefined, before: undefined } as const
  const found = await books.page({ filter: { title, author }, ...page })
  return found.books.map(({ id }) => id)
}
