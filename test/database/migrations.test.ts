import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import { createTemporaryFolder } from '../support/cli-process.ts'
import { describeEachDatabase } from '../support/databases.ts'

const COPIES = 8
const STORE = new URL('../../src/database/database.ts', import.meta.url).href
/** Each in a thread with a connection of its own; they open it when all are there. */
const OPENS = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData.store).then(({ openDatabase }) => {
    const countBooks = async () => (await (await openDatabase(workerData.url)).selectFrom('books').select('id').execute()).length
    parentPort.once('message', async () => parentPort.postMessage(await countBooks().catch(String)))
    parentPort.postMessage('there')
  })`

describeEachDatabase((newDatabase) => {
  test('copies that start at once on a database that is not there yet: all of them get it', async () => {
    const workerData = { store: STORE, url: await newDatabase() }
    const copies = Array.from({ length: COPIES }, () => new Worker(OPENS, { eval: true, workerData }))
    const answers = () => Promise.all(copies.map(async (copy) => (await once(copy, 'message'))[0]))
    await answers()
    for (const copy of copies) copy.postMessage('go')
    const got = await answers()
    await Promise.all(copies.map((copy) => copy.terminate()))
    expect(got).toEqual(copies.map(() => 5))
  })
})

test('migrations that cannot be finished leave nothing behind', async () => {
  const file = join(createTemporaryFolder(), 'books.db')
  const database = new DatabaseSync(file)
  database.exec('create table keep (id text)')
  await expect(openDatabase(`file:${file}`)).rejects.toThrow(/cannot be opened: .*keep/)
  const tables = database.prepare("select name from sqlite_schema where name like '%books%'").all()
  expect(tables).toEqual([])
  database.exec('drop table keep')
  database.close()
  const mended = await openDatabase(`file:${file}`)
  expect(await mended.selectFrom('books').select('id').execute()).toHaveLength(5)
  await mended.destroy()
})
