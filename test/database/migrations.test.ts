import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { Database, openDatabase } from '../../src/database/database.ts'
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
