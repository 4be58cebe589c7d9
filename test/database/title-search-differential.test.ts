import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { openDatabase } from '../../src/database/database.ts'
import { createNewBook, findIdsByTitle, WRITE_OPTIONS } from '../support/database/titled-books.ts'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'

const PIECES = [
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
const OTHERS = [
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
  .array(fc.oneof(fc.constantFrom(...PIECES, ...OTHERS), fc.string({ unit: 'grapheme', maxLength: 3 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''))
  .filter((one) => one.trim() !== '' && !one.includes('\0') && one.isWellFormed())

/** The rule as the schema says it, without an index: all the words begin words of the title, whatever case and accents. */
function matches(title: string, asked: string): boolean {
  if (asked.trim() === '') return true
  const split = (one: string) =>
    one
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}\p{M}]+/u)
      .filter(Boolean)
  const wanted = split(asked)
  return wanted.length > 0 && wanted.every((begin) => split(title).some((word) => word.startsWith(begin)))
}

describePostgres('SQLite, PostgreSQL and the rule', () => {
  test('find the same books, whatever is asked of whatever titles', async () => {
    const databases = [
      await openDatabase('file::memory:'),
      await openDatabase(await createPostgresDatabase()),
    ]
    const stores = databases.map(createBookRepository)
    const author = fc.constantFrom('a', 'b', undefined)
    const input = fc.record({
      titles: fc.array(fc.tuple(text, fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 12 }),
      asked: fc.array(fc.tuple(fc.oneof(text, fc.constantFrom(...PIECES)), author), {
        minLength: 1,
        maxLength: 12,
      }),
    })
    const property = fc.asyncProperty(input, async ({ titles, asked }) => {
      for (const database of databases) await database.deleteFrom('books').execute()
      const added = titles.map(([title, by], i) => ({ ...createNewBook(title.trim(), by), id: i + 1 }))
      for (const books of stores) await books.add(added, WRITE_OPTIONS)
      for (const [words, by] of asked) {
        const right = added.filter(
          (book) => matches(book.title, words) && (by ?? book.author) === book.author,
        )
        for (const books of stores)
          expect([words, by, await findIdsByTitle(books, words, by)]).toEqual([
            words,
            by,
            right.map(({ id }) => id),
          ])
      }
    })
    const numRuns = Number(process.env.CASES ?? 100)
    await fc
      .assert(property, { numRuns, seed: Number(process.env.SEED ?? 1) })
      .finally(() => Promise.all(databases.map((database) => database.destroy())))
  })
})
