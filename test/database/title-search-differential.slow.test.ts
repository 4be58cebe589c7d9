import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { openDatabase } from '../../src/database/database.ts'
import { createNewBook, findIdsByTitle, WRITE_OPTIONS } from '../support/database/titled-books.ts'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'

/** Pieces of titles that are also searched for by themselves. */
const SEARCHED_PIECES = [
  'the',
  'The',
  'THÉ',
  'e\u0301',
  'ñ',
  'ß',
  'ﬁ',
  'İ',
  'ı',
  'и',
  'Й',
  '中',
  '文',
  'ا',
  'ً',
  'हि',
  "'",
  '"',
  '%',
  '_',
  '*',
]
const OTHER_PIECES = [
  '\\',
  '-',
  '.',
  ' ',
  ' ',
  ' ',
  '🔍',
  '👩‍🚀',
  '\u200d',
  '\u0301',
  '\u20e3',
  '7',
  '٣',
  '²',
  'a',
  'b',
  'or',
  'NOT',
  ':',
  '&',
  '|',
  '!',
  '(',
]
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...SEARCHED_PIECES, ...OTHER_PIECES),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.join(''))
  .filter((one) => one.trim() !== '' && !one.includes('\0') && one.isWellFormed())

/** A reference implementation without an index: every search word begins a word of the title, ignoring case and accents. */
function matches(title: string, search: string): boolean {
  if (search.trim() === '') return true
  const tokenize = (value: string) =>
    value
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}\p{M}]+/u)
      .filter(Boolean)
  const prefixes = tokenize(search)
  return (
    prefixes.length > 0 && prefixes.every((prefix) => tokenize(title).some((word) => word.startsWith(prefix)))
  )
}

describePostgres('SQLite, PostgreSQL and a reference implementation', () => {
  test('find the same books for random searches of random titles', async () => {
    const databases = [
      await openDatabase('file::memory:'),
      await openDatabase(await createPostgresDatabase()),
    ]
    const repositories = databases.map(createBookRepository)
    const author = fc.constantFrom('a', 'b', undefined)
    const input = fc.record({
      titles: fc.array(fc.tuple(text, fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 12 }),
      searches: fc.array(fc.tuple(fc.oneof(text, fc.constantFrom(...SEARCHED_PIECES)), author), {
        minLength: 1,
        maxLength: 12,
      }),
    })
    const property = fc.asyncProperty(input, async ({ titles, searches }) => {
      for (const database of databases) await database.deleteFrom('books').execute()
      const added = titles.map(([title, titleAuthor], i) => ({
        ...createNewBook(title.trim(), titleAuthor),
        id: i + 1,
      }))
      for (const books of repositories) await books.add(added, WRITE_OPTIONS)
      for (const [search, byAuthor] of searches) {
        const expected = added.filter(
          (book) => matches(book.title, search) && (byAuthor ?? book.author) === book.author,
        )
        for (const books of repositories)
          expect([search, byAuthor, await findIdsByTitle(books, search, byAuthor)]).toEqual([
            search,
            byAuthor,
            expected.map(({ id }) => id),
          ])
      }
    })
    const numRuns = Number(process.env.CASES ?? 100)
    await fc
      .assert(property, { numRuns, seed: Number(process.env.SEED ?? 1) })
      .finally(() => Promise.all(databases.map((database) => database.destroy())))
  })
})
