import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { Database } from '../../src/database/database.ts'
import { createSearchThreadDialect } from '../../src/database/search-thread.ts'
import { SQLITE_SQL } from '../../src/database/sqlite.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { createTestClock } from '../support/test-clock.ts'

/** Takes some hundred milliseconds. */
const SLOW = sql`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 2000000)
  select count(*) from numbers`
const FAST = sql<{ a: number; b: string }>`select ${1} as a, ${'x'} as b`
const TIMEOUT_MS = 2_000

const databases: Database[] = []
afterEach(async () => {
  for (const database of databases.splice(0)) await database.destroy()
})

function createFile(): string {
  const path = join(createTemporaryFolder(), 'books.db')
  using database = new DatabaseSync(path)
  database.exec('pragma journal_mode = wal; create table numbers (n integer)')
  return path
}
/** Opens a thread whose time limits only pass when the test says so. */
function openThread(path: string, clock = createTestClock()): Database {
  const dialect = createSearchThreadDialect({ path, timeoutMs: TIMEOUT_MS, clock })
  const database = new Database(dialect, SQLITE_SQL)
  databases.push(database)
  return database
}

test('search-thread/H01 executes a slow statement without blocking the event loop', async () => {
  const database = openThread(createFile())
  let turns = 0
  let isPending = true
  const slow = SLOW.execute(database).finally(() => {
    isPending = false
  })
  for (; isPending; turns += 1) await setImmediate()
  expect((await slow).rows).toEqual([{ 'count(*)': 2_000_000 }])
  expect(turns).toBeGreaterThan(100)
})

test('search-thread/H02 passes parameters and returns rows in the order of the calls', async () => {
  const database = openThread(createFile())
  const results = await Promise.all([FAST.execute(database), sql`select 2 as a`.execute(database)])
  expect(results.map(({ rows }) => rows)).toEqual([[{ a: 1, b: 'x' }], [{ a: 2 }]])
})

test('search-thread/H03 reads what another connection has just committed, and cannot write', async () => {
  const path = createFile()
  const database = openThread(path)
  using writer = new DatabaseSync(path)
  for (let count = 1; count <= 3; count += 1) {
    writer.exec('insert into numbers values (1)')
    expect((await sql`select count(*) as n from numbers`.execute(database)).rows).toEqual([{ n: count }])
  }
  await expect(sql`insert into numbers values (1)`.execute(database)).rejects.toMatchObject({
    code: 'ERR_SQLITE_ERROR',
    message: 'attempt to write a readonly database',
    errcode: 8,
  })
})

test('search-thread/H04 rejects a statement that exceeds its time limit, and those that wait for it', async () => {
  const clock = createTestClock()
  const database = openThread(createFile(), clock)
  const statements = Promise.allSettled([SLOW.execute(database), FAST.execute(database)])
  // Kysely connects before it executes.
  await setImmediate()
  await clock.advance(TIMEOUT_MS)
  expect(await statements).toMatchObject([{ reason: { code: '57014' } }, { reason: { code: '57014' } }])
  expect((await FAST.execute(database)).rows).toEqual([{ a: 1, b: 'x' }])
})

test('search-thread/H07 rejects statements at once while another one has waited for a quarter of the limit', async () => {
  const clock = createTestClock()
  const database = openThread(createFile(), clock)
  const accepted = Promise.all([SLOW.execute(database), FAST.execute(database)])
  await setImmediate()
  await clock.advance(TIMEOUT_MS / 4 + 1)
  await expect(FAST.execute(database)).rejects.toMatchObject({ code: '53300' })
  await accepted
  expect((await FAST.execute(database)).rows).toEqual([{ a: 1, b: 'x' }])
})

test('search-thread/H05 starts another thread after one that could not open the file', async () => {
  const path = join(createTemporaryFolder(), 'books.db')
  const database = openThread(path)
  await expect(FAST.execute(database)).rejects.toMatchObject({
    code: 'ERR_SQLITE_ERROR',
    message: 'unable to open database file',
  })
  writeFileSync(path, '')
  expect((await FAST.execute(database)).rows).toEqual([{ a: 1, b: 'x' }])
})

test('search-thread/H06 rejects the statements in progress when it is closed', async () => {
  const database = openThread(createFile())
  const statements = Promise.allSettled([SLOW.execute(database), FAST.execute(database)])
  await setImmediate()
  await database.destroy()
  const rejected = { reason: { code: 'ERR_SQLITE_ERROR' } }
  expect(await statements).toMatchObject([rejected, rejected])
})
