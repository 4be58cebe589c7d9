import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createNewBook, WRITE_OPTIONS } from '../support/database/titled-books.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

// Another connection holds the lock of a writer.

let database: Database
let other: DatabaseSync
beforeEach(async () => {
  const path = join(createTemporaryFolder(), 'books.db')
  database = await openDatabase(`file:${path}`)
  other = new DatabaseSync(path)
})
afterEach(async () => {
  other.close()
  await database.destroy()
})

const add = () => createBookRepository(database).add([createNewBook('t')], WRITE_OPTIONS)
const UNAVAILABLE = { reason: { details: { code: 'SERVICE_UNAVAILABLE' } } }

test('busy/B01 reads, and serves other turns of the event loop, while a write waits; then writes', async () => {
  other.exec('begin immediate')
  const adding = add()
  const books = createBookRepository(database)
  for (let turns = 0; turns < 100; turns += 1) await setImmediate()
  expect(await books.find(1)).toMatchObject({ title: 'And Then There Were None' })
  expect((await books.page({ criteria: {}, from: 'start', pageSize: 100 })).books).toHaveLength(5)
  expect(await books.count({ title: 'moon' }, 10)).toEqual({ count: 1, isExact: true })
  other.exec('rollback')
  expect((await adding).map(({ id }) => id)).toEqual([6])
})

test('busy/B02 rejects a write after a time limit, and those that wait behind it at once', async () => {
  other.exec('begin immediate')
  expect(await Promise.allSettled([add(), add(), add()])).toMatchObject([
    UNAVAILABLE,
    UNAVAILABLE,
    UNAVAILABLE,
  ])
  other.exec('rollback')
  expect(await add()).toHaveLength(1)
})

test('busy/B03 serves other turns of the event loop between transactions', async () => {
  let turns = 0
  let isPending = true
  const adding = Promise.all(Array.from({ length: 20 }, add)).finally(() => {
    isPending = false
  })
  for (; isPending; turns += 1) await setImmediate()
  await adding
  expect(turns).toBeGreaterThanOrEqual(20)
})

test('busy/B04 reports what is wrong with a write, not that its rollback failed', async () => {
  const adding = database.shares.writes.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('books').execute()
    // As SQLite does by itself when the disk is full.
    await transaction.executeQuery({
      ...transaction.selectFrom('books').select('id').compile(),
      sql: 'rollback',
    })
    throw new Error('the disk is full')
  })
  await expect(adding).rejects.toThrow('the disk is full')
})
