import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type BookRepository, createBookRepository } from '../../src/database/book-repository.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createNewBook, findIdsByTitle, WRITE_OPTIONS } from '../support/database/titled-books.ts'
import { describeEachDatabase } from '../support/databases.ts'

/** A word of 2,000 letters: four behind each of these. */
const LONG = 'ﷲ'.repeat(500)
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
  'Ὁδὸς Ὀδυσσείας',
  LONG,
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
  ['W25', 'οδυσ', [at('ΟΔΥΣΣΕΙΑ'), at('Ὁδὸς Ὀδυσσείας')]],
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
  ['W48', LONG, [at(LONG)]],
  ['W49', 'ΟΔΥΣΣΕΊΑΣ ΟΔΟΣ', [at('Ὁδὸς Ὀδυσσείας')]],
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

  test.each(ROWS)('%s: %j', async (_, asked, found) => {
    expect(await findIdsByTitle(books, asked)).toEqual(
      found ?? TITLES.map((_, i) => i + 6).toSpliced(0, 0, 1, 2, 3, 4, 5),
    )
  })

  test('W46: an author’s books have the same words', async () => {
    expect(await findIdsByTitle(books, 'there', 'Agatha Christie')).toEqual([1])
    expect(await findIdsByTitle(books, 'baskervilles', 'Agatha Christie')).toEqual([])
    expect(await findIdsByTitle(books, '%', 'Agatha Christie')).toEqual([])
    expect(await findIdsByTitle(books, ' ', 'Agatha Christie')).toEqual([1, 4])
  })

  test('W47: the only book with a word is found, however far it is from where the page begins', async () => {
    const own = await openDatabase(await newDatabase())
    const far = createBookRepository(own)
    const ids = Array.from({ length: 400 }, (_, i) => 6 + i)
    const middle = 206
    await far.add(
      ids.map((id) => ({ ...createNewBook(id === middle ? 'Zebra' : 'Horse'), id })),
      WRITE_OPTIONS,
    )
    const filter = { title: 'zebra' }
    for (let away = 90; away < 110; away += 1)
      for (const place of [
        { from: 'start', after: middle - away, before: middle + 1 },
        { from: 'end', after: middle - 1, before: middle + away },
      ] as const) {
        const { books: found, more } = await far.page({ ...place, criteria: filter, pageSize: 1 })
        expect([away, found.map(({ id }) => id), more]).toEqual([away, [middle], false])
      }
    await own.destroy()
  })
})
