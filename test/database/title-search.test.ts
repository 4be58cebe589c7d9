import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { type BookRepository, createBookRepository } from '../../src/database/book-repository.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { joinWords } from '../../src/database/search-words.ts'
import { createNewBook, findIdsByTitle, WRITE_OPTIONS } from '../support/database/titled-books.ts'
import { describeEachDatabase } from '../support/databases.ts'

/** A word of 2,000 letters: each of these characters is normalized to four. */
const LONG_WORD = 'ﷲ'.repeat(1_000)
/** The titles that are added to the five initial books. */
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
  'Ὁδὸς Ὀδυσσείας',
  LONG_WORD,
]
const idOf = (title: string) => 6 + TITLES.indexOf(title)

/** Searches with the ids of the books that they find; undefined: all books. */
const SEARCHES: readonly {
  readonly id: string
  readonly search: string
  readonly ids?: readonly number[]
}[] = [
  { id: 'title-search/W01', search: 'moon', ids: [5] },
  { id: 'title-search/W02', search: 'MOONSTONE', ids: [5] },
  { id: 'title-search/W03', search: 'oonstone', ids: [] },
  { id: 'title-search/W04', search: 'MURDER roger', ids: [4] },
  { id: 'title-search/W05', search: 'roger murder', ids: [4] },
  { id: 'title-search/W06', search: 'murder moonstone', ids: [] },
  { id: 'title-search/W07', search: 'the h baskerv', ids: [2] },
  { id: 'title-search/W08', search: 'and', ids: [1, 3] },
  { id: 'title-search/W09', search: 'and*', ids: [1, 3] },
  { id: 'title-search/W10', search: '"', ids: [] },
  { id: 'title-search/W11', search: "' OR", ids: [] },
  { id: 'title-search/W12', search: '%', ids: [] },
  { id: 'title-search/W13', search: '_', ids: [] },
  { id: 'title-search/W14', search: '*', ids: [] },
  { id: 'title-search/W15', search: '🔍', ids: [] },
  { id: 'title-search/W16', search: '' },
  { id: 'title-search/W17', search: ' \t\n' },
  { id: 'title-search/W18', search: 'miserables', ids: [idOf('Les Misérables')] },
  { id: 'title-search/W19', search: 'MISÉRABLES', ids: [idOf('Les Misérables')] },
  { id: 'title-search/W20', search: 'mise\u0301r', ids: [idOf('Les Misérables')] },
  {
    id: 'title-search/W21',
    search: 'ca',
    ids: [idOf('Ça ira'), idOf('snake_case for snakes'), idOf('Catch-22')],
  },
  { id: 'title-search/W22', search: 'МИР', ids: [idOf('Война и мир')] },
  { id: 'title-search/W23', search: '源氏', ids: [idOf('源氏物語')] },
  { id: 'title-search/W24', search: '物語', ids: [] },
  { id: 'title-search/W25', search: 'οδυσ', ids: [idOf('ΟΔΥΣΣΕΙΑ'), idOf('Ὁδὸς Ὀδυσσείας')] },
  { id: 'title-search/W26', search: "alice's", ids: [idOf("Alice's Adventures in Wonderland")] },
  { id: 'title-search/W27', search: '100%', ids: [idOf('100% Cotton')] },
  { id: 'title-search/W28', search: '%100', ids: [idOf('100% Cotton')] },
  { id: 'title-search/W29', search: 'snake_case', ids: [idOf('snake_case for snakes')] },
  { id: 'title-search/W30', search: 'snakes_for', ids: [idOf('snake_case for snakes')] },
  { id: 'title-search/W31', search: '"good" soldier', ids: [idOf('The "Good" Soldier')] },
  { id: 'title-search/W32', search: 'good NOT soldier', ids: [] },
  { id: 'title-search/W33', search: 'fish finding', ids: [idOf('ﬁnding ﬁsh')] },
  { id: 'title-search/W34', search: 'हिन्दी', ids: [idOf('हिन्दी की किताब')] },
  { id: 'title-search/W35', search: 'istanbul', ids: [idOf('İstanbul')] },
  { id: 'title-search/W36', search: '22 catch', ids: [idOf('Catch-22')] },
  { id: 'title-search/W37', search: 'moon\0stone', ids: [] },
  { id: 'title-search/W38', search: 'moon\0', ids: [5] },
  { id: 'title-search/W39', search: '\ud800', ids: [] },
  { id: 'title-search/W40', search: 'titles:moon', ids: [] },
  { id: 'title-search/W41', search: 'moon:*', ids: [5] },
  { id: 'title-search/W42', search: 'moon & stone', ids: [] },
  { id: 'title-search/W43', search: 'moon\\', ids: [5] },
  { id: 'title-search/W44', search: 'x'.repeat(10_000), ids: [] },
  { id: 'title-search/W45', search: `${'murder '.repeat(1_000)}roger`, ids: [4] },
  { id: 'title-search/W48', search: LONG_WORD, ids: [idOf(LONG_WORD)] },
  { id: 'title-search/W49', search: 'ΟΔΥΣΣΕΊΑΣ ΟΔΟΣ', ids: [idOf('Ὁδὸς Ὀδυσσείας')] },
  // Unicode normalization sorts these marks: 120,000 of them take a minute, so only the start of a search is read.
  { id: 'title-search/W51', search: `moon ${'\u0323\u0301'.repeat(600)} zebra`, ids: [5] },
]

describeEachDatabase((newDatabase) => {
  let database: Database
  let books: BookRepository
  beforeAll(async () => {
    database = await openDatabase(await newDatabase())
    books = createBookRepository(database)
    await books.add(
      TITLES.map((title) => createNewBook(title)),
      WRITE_OPTIONS,
    )
  })
  afterAll(() => database.destroy())

  test.each(SEARCHES)('$id finds the books for $search', async ({ search, ids }) => {
    const allIds = Array.from({ length: 5 + TITLES.length }, (_, i) => i + 1)
    expect(await findIdsByTitle(books, search)).toEqual(ids ?? allIds)
  })

  test('title-search/W50 sorts by the code points of the words, as the other database does', async () => {
    const all = await books.page({ criteria: {}, order: 'TITLE', pageSize: 100, from: 'start' })
    const keys = all.books.map(({ title }) => Buffer.from(joinWords(title)))
    expect(keys).toHaveLength(5 + TITLES.length)
    expect(keys).toEqual(keys.toSorted(Buffer.compare))
  })

  test.each([
    { id: 'title-search/W52', text: '\ufdfa'.repeat(1_000), title: 'characters that become longer' },
    { id: 'title-search/W53', text: `a${'\u0323\u0301'.repeat(60_000)}`, title: 'combining marks' },
  ])('$id normalizes $title once for a page, its flags and its count', async ({ text }) => {
    const criteria = { title: text, authorWords: text }
    const normalize = jest.spyOn(String.prototype, 'normalize')
    await books.page({ criteria, pageSize: 1, from: 'start' })
    await books.exists(criteria, { from: 'end' })
    await books.count(criteria, 100)
    const sizes = normalize.mock.results.map(({ value }) => String(value).length)
    normalize.mockRestore()
    // For each column 1,000 characters, which are normalized to 18 times as many, and then the first 1,000 of those.
    expect(sizes.length).toBeLessThanOrEqual(4)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(18 * 1_000)
  })

  test('title-search/W46 searches the books of an author in the same way', async () => {
    expect(await findIdsByTitle(books, 'there', 'Agatha Christie')).toEqual([1])
    expect(await findIdsByTitle(books, 'baskervilles', 'Agatha Christie')).toEqual([])
    expect(await findIdsByTitle(books, '%', 'Agatha Christie')).toEqual([])
    expect(await findIdsByTitle(books, ' ', 'Agatha Christie')).toEqual([1, 4])
  })

  test.each([
    { id: 'title-search/A01', criteria: { authorWords: 'AGATHA' }, ids: [1, 4] },
    { id: 'title-search/A02', criteria: { authorWords: 'christ agatha' }, ids: [1, 4] },
    { id: 'title-search/A03', criteria: { authorWords: 'there' }, ids: [] },
    { id: 'title-search/A04', criteria: { authorWords: 'col', title: 'moon' }, ids: [5] },
    { id: 'title-search/A05', criteria: { authorWords: 'jane', title: 'moon' }, ids: [] },
    { id: 'title-search/A06', criteria: { authorWords: 'a', title: 'the' }, ids: [1, 2, 4] },
    { id: 'title-search/A07', criteria: { authorWords: 'conan', author: 'Arthur Conan Doyle' }, ids: [2] },
    { id: 'title-search/A08', criteria: { authorWords: 'conan', author: 'Jane Austen' }, ids: [] },
    { id: 'title-search/A09', criteria: { authorWords: '%' }, ids: [] },
    { id: 'title-search/A10', criteria: { authorWords: ' ', title: 'moon' }, ids: [5] },
    { id: 'title-search/A11', criteria: { authorWords: '*', title: 'moon' }, ids: [] },
  ])('$id finds books by $criteria', async ({ criteria, ids }) => {
    // Without the added books, whose author is "a".
    const page = await books.page({ criteria, pageSize: 100, from: 'start', before: 6 })
    expect(page.books.map(({ id }) => id)).toEqual(ids)
    const all = await books.page({ criteria, pageSize: 100, from: 'start' })
    expect(await books.count(criteria, 100)).toEqual({ count: all.books.length, isExact: true })
  })

  test.each([
    { id: 'title-search/C01', criteria: {}, limit: 5, expected: { count: 5, isExact: false } },
    {
      id: 'title-search/C02',
      criteria: { author: 'Agatha Christie' },
      limit: 1,
      expected: { count: 1, isExact: false },
    },
    {
      id: 'title-search/C03',
      criteria: { author: 'Agatha Christie' },
      limit: 2,
      expected: { count: 2, isExact: true },
    },
    {
      id: 'title-search/C04',
      criteria: { authorWords: 'agatha' },
      limit: 1,
      expected: { count: 1, isExact: false },
    },
    {
      id: 'title-search/C05',
      criteria: { authorWords: 'agatha' },
      limit: 2,
      expected: { count: 2, isExact: true },
    },
  ])('$id counts up to $limit books by $criteria', async ({ criteria, limit, expected }) => {
    expect(await books.count(criteria, limit)).toEqual(expected)
  })

  test('title-search/W47 finds the only book with a word, however far it is from the start of the page', async () => {
    const separate = await openDatabase(await newDatabase())
    const repository = createBookRepository(separate)
    const ids = Array.from({ length: 400 }, (_, i) => 6 + i)
    const middle = 206
    await repository.add(
      ids.map((id) => ({ ...createNewBook(id === middle ? 'Zebra' : 'Horse'), id })),
      WRITE_OPTIONS,
    )
    const criteria = { title: 'zebra' }
    for (let distance = 90; distance < 110; distance += 1)
      for (const range of [
        { from: 'start', after: middle - distance, before: middle + 1 },
        { from: 'end', after: middle - 1, before: middle + distance },
      ] as const) {
        const { books: found, more } = await repository.page({ ...range, criteria, pageSize: 1 })
        expect([distance, found.map(({ id }) => id), more]).toEqual([distance, [middle], false])
      }
    await separate.destroy()
  })
})
