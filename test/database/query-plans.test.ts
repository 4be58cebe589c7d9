// A missing index only shows among a million books, so the query plans are checked.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import type { BookRange } from '../../src/database/book-query.ts'
import {
  type BookPageRequest,
  type BookRepository,
  createBookRepository,
} from '../../src/database/book-repository.ts'
import { Database } from '../../src/database/database.ts'
import { createPostgresDialect, DEFAULT_POOL_SETTINGS, POSTGRES_SQL } from '../../src/database/postgres.ts'
import { createSqliteDialect, getSqlitePath, SQLITE_SQL } from '../../src/database/sqlite.ts'
import { catalogueBook } from '../support/database/book-catalogue.ts'
import { insertBooks } from '../support/database/insert-books.ts'
import { createRecordingDialect } from '../support/database/recording-dialect.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { queryPostgres } from '../support/query-postgres.ts'

/** Enough that a full scan is never the cheapest plan. */
const BOOKS = 20_000
const { author, title } = catalogueBook(BOOKS / 2)
const [, word = ''] = title.split(' ')
const MIDDLE = BOOKS / 2

type PlanCase = {
  readonly id: string
  readonly title: string
  readonly run: (books: BookRepository) => unknown
}

const FILTERS: readonly { readonly name: string; readonly criteria: BookPageRequest['criteria'] }[] = [
  { name: 'without a filter', criteria: {} },
  { name: 'by author', criteria: { author } },
  { name: 'by a word of few titles', criteria: { title: String(MIDDLE) } },
  { name: 'by a word of many titles', criteria: { title: word } },
  { name: 'by a word of no title', criteria: { title: 'nothing' } },
  { name: 'by a word of all titles', criteria: { title: 'the' } },
  { name: 'by several words', criteria: { title: `${word} the ${MIDDLE}` } },
  { name: 'by author and word', criteria: { author, title: word } },
  { name: 'by a word of few authors', criteria: { authorWords: author } },
  { name: 'by words of authors and titles', criteria: { authorWords: author, title: word } },
]
const RANGES: readonly { readonly name: string; readonly range: BookRange }[] = [
  { name: 'from the start', range: { from: 'start', after: undefined, before: undefined } },
  { name: 'from the end', range: { from: 'end', after: undefined, before: undefined } },
  { name: 'after a book', range: { from: 'start', after: MIDDLE, before: undefined } },
  { name: 'before a book', range: { from: 'end', after: undefined, before: MIDDLE } },
  { name: 'between two books', range: { from: 'start', after: MIDDLE - 1_000, before: MIDDLE + 1_000 } },
]
const PAGES = FILTERS.flatMap((filter, i) =>
  RANGES.map(
    ({ name, range }, j): PlanCase => ({
      id: `query-plans/P${i}${j}`,
      title: `a page ${filter.name}, ${name}`,
      run: (books) => books.page({ criteria: filter.criteria, pageSize: 50, ...range }),
    }),
  ),
)
const ORDERED_PAGES = (['NEWEST', 'TITLE'] as const).flatMap((order) =>
  FILTERS.flatMap((filter, i) =>
    RANGES.slice(0, -1).map(
      ({ name, range }, j): PlanCase => ({
        id: `query-plans/${order}${i}${j}`,
        title: `a page ${filter.name}, ${name}, in the order ${order}`,
        run: (books) => books.page({ criteria: filter.criteria, pageSize: 50, ...range, order }),
      }),
    ),
  ),
)
const NEIGHBOUR_RANGES: typeof RANGES = [
  { name: 'up to an id', range: { from: 'end', before: MIDDLE, includesBounds: true } },
  { name: 'from an id on', range: { from: 'start', after: MIDDLE, includesBounds: true } },
]
const NEIGHBOURS = FILTERS.flatMap((filter, i) =>
  NEIGHBOUR_RANGES.map(
    ({ name, range }, j): PlanCase => ({
      id: `query-plans/N${i}${j}`,
      title: `whether a book exists ${filter.name}, ${name},`,
      run: (books) => books.exists(filter.criteria, range),
    }),
  ),
)
const OTHERS: readonly PlanCase[] = [
  { id: 'query-plans/F00', title: 'one book', run: async (books) => books.find(MIDDLE) },
  { id: 'query-plans/F01', title: 'books by their ids', run: (books) => books.findMany([1, MIDDLE, BOOKS]) },
  {
    id: 'query-plans/C01',
    title: 'the number of books of an author',
    run: (books) => books.count({ author }, 10_000),
  },
  {
    id: 'query-plans/C02',
    title: 'the number of books with a word of few titles',
    run: (books) => books.count({ title: String(MIDDLE) }, 10_000),
  },
]

type Explainer = {
  /** Returns the steps of the query plan that scan the whole table. */
  readonly findScans: (query: CompiledQuery) => Promise<string[]>
  readonly close: () => unknown
}

describeEachDatabase((newDatabase, kind) => {
  const queries: CompiledQuery[] = []
  let database: Database
  let books: BookRepository
  let explainer: Explainer

  beforeAll(async () => {
    const url = await newDatabase()
    await insertBooks(url, BOOKS, catalogueBook)
    const isSqlite = kind === 'SQLite'
    // PostgreSQL does not use the index of the migration while a transaction older than it runs, in any database of the
    // server (`pg_index.indcheckxmin`), and other tests run at the same time.
    if (!isSqlite) await queryPostgres('reindex index concurrently books_by_words', url)
    database = isSqlite
      ? new Database(createRecordingDialect(createSqliteDialect(getSqlitePath(url)), queries), SQLITE_SQL)
      : new Database(
          createRecordingDialect(createPostgresDialect(url, DEFAULT_POOL_SETTINGS), queries),
          POSTGRES_SQL,
        )
    books = createBookRepository(database)
    explainer = isSqlite ? createSqliteExplainer(getSqlitePath(url)) : await createPostgresExplainer(url)
  })
  afterAll(async () => {
    await explainer.close()
    await database.destroy()
  })

  test.each([...PAGES, ...ORDERED_PAGES, ...NEIGHBOURS, ...OTHERS])(
    '$id finds $title without a full scan',
    async ({ run }) => {
      queries.length = 0
      await run(books)
      expect(queries.length).toBeGreaterThan(0)
      for (const query of queries) expect(await explainer.findScans(query)).toEqual([])
    },
  )

  test.each([
    { id: 'query-plans/F10', count: 0, sizes: [] },
    { id: 'query-plans/F11', count: 1, sizes: [1] },
    { id: 'query-plans/F12', count: 200, sizes: [256] },
    { id: 'query-plans/F13', count: 600, sizes: [256, 256, 128] },
  ])('$id finds $count books by their ids in $sizes.length queries', async ({ count, sizes }) => {
    queries.length = 0
    const ids = Array.from({ length: count }, (_, i) => BOOKS - i)
    const found = await books.findMany(ids)
    expect(queries.map(({ parameters }) => parameters.length)).toEqual(sizes)
    expect(found.map(({ id }) => id).sort((a, b) => b - a)).toEqual(ids)
  })

  test('notices a full scan', async () => {
    queries.length = 0
    await database.selectFrom('books').select('id').where('num_pages', '=', 7).orderBy('title').execute()
    expect(await Promise.all(queries.map(explainer.findScans))).toEqual([[expect.stringMatching(/scan/i)]])
  })
})

/** `SCAN books` is allowed where it reads the ids in order and ends with the page. */
function createSqliteExplainer(path: string): Explainer {
  const database = new DatabaseSync(path, { readOnly: true })
  const findScans: Explainer['findScans'] = async ({ sql, parameters }) => {
    const steps = database.prepare(`explain query plan ${sql}`).all(...(parameters as SQLInputValue[]))
    const plan = steps.map(({ detail }) => String(detail))
    const inOrder = /order by .* limit/.test(sql) && !plan.some((step) => step.includes('TEMP B-TREE'))
    const isFullScan = /where/.test(sql.replace(/where ' '.*/, '')) || !inOrder
    // The subquery of the next books is named `books` too.
    const nearbyScans = plan.filter((step) => step === 'CO-ROUTINE books').length
    return plan.filter((step) => /^SCAN books/.test(step) && isFullScan).slice(nearbyScans)
  }
  return { findScans, close: () => database.close() }
}

/** An index scan in id order with a filter: whatever the limit, it may read the whole table. */
const FILTERED_SCAN =
  /(?:Seq Scan|Index (?:Only )?Scan (?:Backward )?using books_(?:pkey|by_time|by_title)) on books .*(?:\n +(?!->)\S.*)*?\n +Filter/

/** A scan between two ids is bounded by the caller. */
const BOUNDED_SCAN = /Index Cond: \(\(id > .*\) AND \(id < .*\)\)/

async function createPostgresExplainer(url: string): Promise<Explainer> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const findScans: Explainer['findScans'] = async ({ sql, parameters }) => {
    const { rows } = await client.query(`explain ${sql}`, [...parameters])
    const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n')
    const scan = /Seq Scan on books/.exec(plan) ?? FILTERED_SCAN.exec(plan)
    return scan && !BOUNDED_SCAN.test(scan[0]) ? [scan[0]] : []
  }
  return { findScans, close: () => client.end() }
}
