// An index that is not used shows among a million books, not among ten: what the databases are going to do is asked of them.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import {
  type BookPageRequest,
  type BookRepository,
  createBookRepository,
} from '../../src/database/book-repository.ts'
import { Database } from '../../src/database/database.ts'
import { createPostgresDialect, POSTGRES_SQL, SERVER_POOL_SETTINGS } from '../../src/database/postgres.ts'
import { createSqliteDialect, getSqlitePath, SQLITE_SQL } from '../../src/database/sqlite.ts'
import { catalogueBook } from '../support/database/book-catalogue.ts'
import { insertBooks } from '../support/database/insert-books.ts'
import { createRecordingDialect } from '../support/database/recording-dialect.ts'
import { describeEachDatabase } from '../support/databases.ts'

/** So many that no database takes the whole table for the shortest way. */
const BOOKS = 20_000
const { author, title } = catalogueBook(BOOKS / 2)
const [, word = ''] = title.split(' ')
const MIDDLE = BOOKS / 2

type PlanRow = readonly [id: string, what: string, ask: (books: BookRepository) => Promise<unknown>]

const FILTERS: readonly (readonly [string, BookPageRequest['criteria']])[] = [
  ['without a filter', {}],
  ['by author', { author }],
  ['by a word that few have', { title: String(MIDDLE) }],
  ['by a word that many have', { title: word }],
  ['by a word that none has', { title: 'nothing' }],
  ['by a word that all have', { title: 'the' }],
  ['by words', { title: `${word} the ${MIDDLE}` }],
  ['by author and word', { author, title: word }],
]
const PLACES: readonly (readonly [string, Omit<BookPageRequest, 'criteria' | 'pageSize'>])[] = [
  ['from the start', { from: 'start', after: undefined, before: undefined }],
  ['from the end', { from: 'end', after: undefined, before: undefined }],
  ['after a book', { from: 'start', after: MIDDLE, before: undefined }],
  ['before a book', { from: 'end', after: undefined, before: MIDDLE }],
  ['between two', { from: 'start', after: MIDDLE - 1_000, before: MIDDLE + 1_000 }],
]
const PAGES = FILTERS.flatMap(([which, filter], i) =>
  PLACES.map(
    ([where, place], j): PlanRow => [
      `P${i}${j}`,
      `a page ${which}, ${where}`,
      (books) => books.page({ criteria: filter, pageSize: 50, ...place }),
    ],
  ),
)
const NEIGHBOURS = FILTERS.flatMap(([which, filter], i) =>
  (['<=', '>='] as const).map(
    (side, j): PlanRow => [
      `N${i}${j}`,
      `whether any is ${side}, ${which}`,
      (books) => books.anyFrom(filter, side, MIDDLE),
    ],
  ),
)
const OTHERS: readonly PlanRow[] = [
  ['F00', 'one book', async (books) => books.find(MIDDLE)],
  ['C01', 'how many an author has', (books) => books.count({ author })],
  ['C02', 'how many have a word that few have', (books) => books.count({ title: String(MIDDLE) })],
]
const ROWS = [...PAGES, ...NEIGHBOURS, ...OTHERS]

/** Steps that go over the whole table, as the database calls them. */
type Explain = (query: CompiledQuery) => Promise<string[]>

describeEachDatabase((newDatabase, kind) => {
  const asked: CompiledQuery[] = []
  let database: Database
  let books: BookRepository
  let explain: Explain
  let close: () => unknown

  beforeAll(async () => {
    const url = await newDatabase()
    await insertBooks(url, BOOKS, catalogueBook)
    const sqlite = kind === 'SQLite'
    database = sqlite
      ? new Database(createRecordingDialect(createSqliteDialect(getSqlitePath(url)), asked), SQLITE_SQL)
      : new Database(
          createRecordingDialect(createPostgresDialect(url, SERVER_POOL_SETTINGS), asked),
          POSTGRES_SQL,
        )
    books = createBookRepository(database)
    ;[explain, close] = await (sqlite ? sqliteExplains(getSqlitePath(url)) : postgresExplains(url))
  })
  afterAll(async () => {
    await close()
    await database.destroy()
  })

  test.each(ROWS)('%s %s: the table is not gone through', async (_, __, ask) => {
    asked.length = 0
    await ask(books)
    expect(asked.length).toBeGreaterThan(0)
    for (const query of asked) expect(await explain(query)).toEqual([])
  })

  test('what does go through the table is noticed', async () => {
    asked.length = 0
    await database.selectFrom('books').select('id').where('num_pages', '=', 7).orderBy('title').execute()
    expect(await Promise.all(asked.map(explain))).toEqual([[expect.stringMatching(/scan/i)]])
  })
})

/** Without an index to go by, `SCAN books` is the way through the ids in their order; it must end with the page. */
async function sqliteExplains(path: string): Promise<readonly [Explain, () => unknown]> {
  const database = new DatabaseSync(path, { readOnly: true })
  const explain: Explain = async ({ sql, parameters }) => {
    const steps = database.prepare(`explain query plan ${sql}`).all(...(parameters as SQLInputValue[]))
    const plan = steps.map(({ detail }) => String(detail))
    const inOrder = /order by .* limit/.test(sql) && !plan.some((step) => step.includes('TEMP B-TREE'))
    const whole = /where/.test(sql.replace(/where ' '.*/, '')) || !inOrder
    // The next books alone are called so, too.
    const next = plan.filter((step) => step === 'CO-ROUTINE books').length
    return plan.filter((step) => /^SCAN books/.test(step) && whole).slice(next)
  }
  return [explain, () => database.close()]
}

/** To go by the ids and leave out what does not match is to go through the table, whatever the limit. */
const THROUGH =
  /(?:Seq Scan|Index (?:Only )?Scan (?:Backward )?using books_pkey) on books .*(?:\n +(?!->)\S.*)*?\n +Filter/

/** But from one book to another the way is as long as the caller made it. */
const BETWEEN = /Index Cond: \(\(id > .*\) AND \(id < .*\)\)/

async function postgresExplains(url: string): Promise<readonly [Explain, () => unknown]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const explain: Explain = async ({ sql, parameters }) => {
    const { rows } = await client.query(`explain ${sql}`, [...parameters])
    const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n')
    const through = /Seq Scan on books/.exec(plan) ?? THROUGH.exec(plan)
    return through && !BETWEEN.test(through[0]) ? [through[0]] : []
  }
  return [explain, () => client.end()]
}
