import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { Database, openDatabase } from '../../src/database/database.ts'
import { DatabaseOpenError } from '../../src/database/errors.ts'
import { inspectDatabase } from '../../src/database/inspect.ts'
import { isAdditive, readNeededVersion } from '../../src/database/migrate.ts'
import { createMigrations } from '../../src/database/migrations.ts'
import { createPostgresDialect, DEFAULT_POOL_SETTINGS, POSTGRES_SQL } from '../../src/database/postgres.ts'
import { createSqliteDialect, getSqlitePath, SQLITE_SQL } from '../../src/database/sqlite.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const COPIES = 8
const DATABASE_MODULE = new URL('../../src/database/database.ts', import.meta.url).href
/** A thread with its own connection. All of them open the database at the same time. */
const WORKER_CODE = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData.module).then(({ openDatabase }) => {
    const countBooks = async () => (await (await openDatabase(workerData.url)).selectFrom('books').select('id').execute()).length
    parentPort.once('message', async () => parentPort.postMessage(await countBooks().catch(String)))
    parentPort.postMessage('ready')
  })`

/** Migrations that a newer release has run, in order. */
const NEWER_MIGRATIONS: readonly {
  readonly id: string
  readonly title: string
  readonly names: readonly string[]
  /** Undefined if the database can be opened. */
  readonly error?: string
  /** The finding of doctor. */
  readonly state: Record<string, unknown>
}[] = [
  {
    id: 'migrations/M01',
    title: 'opens a database with additive migrations of a newer version',
    names: ['009_isbn_additive', '010_shelf_additive'],
    state: { state: 'current' },
  },
  {
    id: 'migrations/M02',
    title: 'names the version that a migration needs',
    names: ['009_split_titles_needs_0_3'],
    error: 'it needs version 0.3 or later of this project',
    state: { state: 'newer', names: ['009_split_titles_needs_0_3'] },
  },
  {
    id: 'migrations/M03',
    title: 'names the latest version that one of several migrations needs',
    names: ['009_split_titles_needs_0_12', '010_isbn_additive', '011_drop_words_needs_0_3'],
    error: 'it needs version 0.12 or later of this project',
    state: { state: 'newer', names: ['009_split_titles_needs_0_12', '011_drop_words_needs_0_3'] },
  },
  {
    id: 'migrations/M04',
    title: 'rejects an unknown migration without a suffix',
    names: ['009_isbn_additive', '999_later'],
    error: 'corrupted migrations: previously executed migration 999_later is missing',
    state: { state: 'newer', names: ['999_later'] },
  },
  {
    id: 'migrations/M05',
    title: 'does not mistake a part of a name for a suffix',
    names: ['009_additive_prices'],
    error: 'corrupted migrations: previously executed migration 009_additive_prices is missing',
    state: { state: 'newer', names: ['009_additive_prices'] },
  },
]

describeEachDatabase((newDatabase, kind) => {
  test('opens a new database from several processes at once', async () => {
    const workerData = { module: DATABASE_MODULE, url: await newDatabase() }
    const workers = Array.from({ length: COPIES }, () => new Worker(WORKER_CODE, { eval: true, workerData }))
    const nextMessages = () => Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]))
    await nextMessages()
    for (const worker of workers) worker.postMessage('open')
    const counts = await nextMessages()
    await Promise.all(workers.map((worker) => worker.terminate()))
    expect(counts).toEqual(workers.map(() => 5))
  })

  test('adds books of an earlier version to the search by author and to the orders', async () => {
    const url = await newDatabase()
    const isSqlite = kind === 'SQLite'
    const dialectSql = isSqlite ? SQLITE_SQL : POSTGRES_SQL
    const older = new Database(
      isSqlite ? createSqliteDialect(getSqlitePath(url)) : createPostgresDialect(url, DEFAULT_POOL_SETTINGS),
      dialectSql,
    )
    const provider = { getMigrations: async () => createMigrations(dialectSql) }
    await new Migrator({ db: older, provider }).migrateTo('006_idempotency')
    await sql`update books set author = 'Émile Zola', title = 'Zero', words = 'zero' where id = 2`.execute(
      older,
    )
    await older.destroy()
    const database = await openDatabase(url)
    const books = createBookRepository(database)
    const search = { criteria: { authorWords: 'emile', title: 'zero' }, pageSize: 9, from: 'start' } as const
    expect((await books.page(search)).books.map(({ id }) => id)).toEqual([2])
    const all = { criteria: {}, pageSize: 9, from: 'start', order: 'TITLE' } as const
    expect((await books.page(all)).books.map(({ id }) => id)).toEqual([1, 3, 5, 4, 2])
    await database.destroy()
  })

  test.each(NEWER_MIGRATIONS)('$id $title', async ({ names, error, state }) => {
    const url = await newDatabase()
    const newer = await openDatabase(url)
    for (const [i, name] of names.entries())
      await sql`insert into kysely_migration values (${name}, ${`2099-01-0${i + 1}`})`.execute(newer)
    await newer.destroy()
    expect(await inspectDatabase(url)).toMatchObject(state)
    if (error !== undefined) {
      await expect(openDatabase(url)).rejects.toThrow(new DatabaseOpenError(new Error(error)).message)
      return
    }
    const database = await openDatabase(url)
    expect(await database.selectFrom('books').select('id').execute()).toHaveLength(5)
    await database.destroy()
  })

  test('migrations/M06 reports an additive migration of a newer version that ran before one of this version', async () => {
    const url = await newDatabase()
    const newer = await openDatabase(url)
    await sql`update kysely_migration set name = '009_later_additive' where name = '008_book_orders'`.execute(
      newer,
    )
    await newer.destroy()
    await expect(openDatabase(url)).rejects.toThrow(
      /expected previously executed migration 009_later_additive/,
    )
  })
})

test('migrations/M07 names the compatibility of each migration since 009', () => {
  const names = Object.keys(createMigrations(SQLITE_SQL)).filter((name) => name > '009')
  expect(names.filter((name) => isAdditive(name) === (readNeededVersion(name) !== undefined))).toEqual([])
})

test('rolls back all migrations when one fails', async () => {
  const file = join(createTemporaryFolder(), 'books.db')
  const database = new DatabaseSync(file)
  database.exec('create table keep (id text)')
  await expect(openDatabase(`file:${file}`)).rejects.toThrow(/cannot be opened: .*keep/)
  const tables = database.prepare("select name from sqlite_schema where name like '%books%'").all()
  expect(tables).toEqual([])
  database.exec('drop table keep')
  database.close()
  const reopened = await openDatabase(`file:${file}`)
  expect(await reopened.selectFrom('books').select('id').execute()).toHaveLength(5)
  await reopened.destroy()
})
