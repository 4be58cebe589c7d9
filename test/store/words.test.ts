import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Books, createBooks } from '../../src/store/books.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { hasPostgres, newPostgres, onBothDatabases } from '../databases.ts'

const WRITE = {
  client: 'c',
  addedBy: 's',
  at: new Date('2026-01-01T00:00:00Z'),
  keepMs: 1,
  claim: undefined,
}
const MOST = 1_000

const bookOf = (title: string, author = 'a') => ({
  argument: '',
  id: undefined,
  title,
  author,
  cents: 1,
  numPages: 1,
})

async function idsOf(books: Books, title: string, author?: string): Promise<number[]> {
  const page = { from: 'start', size: MOST, after: undefined, before: undefined } as const
  const found = await books.page({ filter: { title, author }, ...page })
  return found.books.map(({ id }) => id)
}

/** What is in the catalogue from the start, and what was added below. */
const TITLES = [
  'Les Misérables',
  'Ça ira',
  'Война и мир',
  '源氏物語',
  'ΟΔΥΣΣΕΙΑ',
  "Alice's Adventures in Wonderland",
  '100% Cotton',
  'snake_case for snakes',
  'The "Good" Soldier',
  'Where’s Wally? 🔍',
  'İstanbul',
  'हिन्दी की किताब',
  'ﬁnding ﬁsh',
  'Catch-22',
]
const at = (title: string) => 6 + TITLES.indexOf(title)

/** Number, what is asked for, and the ids that it finds; undefined: every book. */
const ROWS: readonly (readonly [id: string, asked: string, found: readonly number[] | undefined])[] = [
  ['W01', 'moon', [5]],
  ['W02', 'MOONSTONE', [5]],
  ['W03', 'oonstone', []],
  ['W04', 'MURDER roger', [4]],
  ['W05', 'roger murder', [4]],
  ['W06', 'murder moonstone', []],
  ['W07', 'the h baskerv', [2]],
  ['W08', 'and', [1, 3]],
  ['W09', 'and*', [1, 3]],
  ['W10', '"', []],
  ['W11', "' OR", []],
  ['W12', '%', []],
  ['W13', '_', []],
  ['W14', '*', []],
  ['W15', '🔍', []],
  ['W16', '', undefined],
  ['W17', ' \t\n', undefined],
  ['W18', 'miserables', [at('Les Misérables')]],
  ['W19', 'MISÉRABLES', [at('Les Misérables')]],
  ['W20', 'mise\u0301r', [at('Les Misérables')]],
  ['W21', 'ca', [at('Ça ira'), at('snake_case for snakes'), at('Catch-22')]],
  ['W22', 'МИР', [at('Война и мир')]],
  ['W23', '源氏', [at('源氏物語')]],
  ['W24', '物語', []],
  ['W25', 'οδυσ', [at('ΟΔΥΣΣΕΙΑ')]],
  ['W26', "alice's", [at("Alice's Adventures in Wonderland")]],
  ['W27', '100%', [at('100% Cotton')]],
  ['W28', '%100', [at('100% Cotton')]],
  ['W29', 'snake_case', [at('snake_case for snakes')]],
  ['W30', 'snakes_for', [at('snake_case for snakes')]],
  ['W31', '"good" soldier', [at('The "Good" Soldier')]],
  ['W32', 'good NOT soldier', []],
  ['W33', 'fish finding', [at('ﬁnding ﬁsh')]],
  ['W34', 'हिन्दी', [at('हिन्दी की किताब')]],
  ['W35', 'istanbul', [at('İstanbul')]],
  ['W36', '22 catch', [at('Catch-22')]],
  ['W37', 'moon\0stone', []],
  ['W38', 'moon\0', [5]],
  ['W39', '\ud800', []],
  ['W40', 'titles:moon', []],
  ['W41', 'moon:*', [5]],
  ['W42', 'moon & stone', []],
  ['W43', 'moon\\', [5]],
  ['W44', 'x'.repeat(10_000), []],
  ['W45', `${'murder '.repeat(1_000)}roger`, [4]],
]

onBothDatabases((newDatabase) => {
  let database: Database
  let books: Books
  beforeAll(async () => {
    database = await openDatabase(await newDatabase())
    books = createBooks(database)
    await books.add(
      TITLES.map((title) => bookOf(title)),
      WRITE,
    )
  })
  afterAll(() => database.destroy())

  test.each(ROWS)('%s: %j', async (_, asked, found) => {
    expect(await idsOf(books, asked)).toEqual(
      found ?? TITLES.map((_, i) => i + 6).toSpliced(0, 0, 1, 2, 3, 4, 5),
    )
  })

  test('W46: an author’s books have the same words', async () => {
    expect(await idsOf(books, 'there', 'Agatha Christie')).toEqual([1])
    expect(await idsOf(books, 'baskervilles', 'Agatha Christie')).toEqual([])
    expect(await idsOf(books, '%', 'Agatha Christie')).toEqual([])
    expect(await idsOf(books, ' ', 'Agatha Christie')).toEqual([1, 4])
  })
})

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

const here = hasPostgres ? describe : describe.skip

here('SQLite, PostgreSQL and the rule', () => {
  test('find the same books, whatever is asked of whatever titles', async () => {
    const databases = [await openDatabase('file::memory:'), await openDatabase(await newPostgres())]
    const stores = databases.map(createBooks)
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
      const added = titles.map(([title, by], i) => ({ ...bookOf(title.trim(), by), id: i + 1 }))
      for (const books of stores) await books.add(added, WRITE)
      for (const [words, by] of asked) {
        const right = added.filter(
          (book) => matches(book.title, words) && (by ?? book.author) === book.author,
        )
        for (const books of stores)
          expect([words, by, await idsOf(books, words, by)]).toEqual([words, by, right.map(({ id }) => id)])
      }
    })
    const numRuns = Number(process.env.CASES ?? 100)
    await fc
      .assert(property, { numRuns, seed: Number(process.env.SEED ?? 1) })
      .finally(() => Promise.all(databases.map((database) => database.destroy())))
  })
})
