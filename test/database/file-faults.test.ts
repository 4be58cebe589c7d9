// The file of an SQLite database is deleted, replaced or damaged while the API runs, or before it starts.

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { openDatabase } from '../../src/database/database.ts'
import { runInTransaction } from '../../src/database/transaction.ts'
import { runCli } from '../support/cli-process.ts'
import { insertBooks } from '../support/database/insert-books.ts'
import {
  BATCH_SIZE,
  expectOutage,
  expectReadsServed,
  sendDocument,
  startWriter,
  writeUntilRejected,
} from '../support/database/write-load.ts'
import { sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const createFilePath = () => join(createTemporaryFolder(), 'books.db')
const startWithLog = (file: string) =>
  startWriter(issuer, { DATABASE_URL: `file:${file}`, LOG_LEVEL: 'error' })
type Api = Awaited<ReturnType<typeof startWithLog>>

async function readReadiness(api: Api) {
  const { status, text } = await sendRequest(new URL('/readyz', api.url).href)
  return [status, JSON.parse(text).reasons?.store]
}

/** Stops the API and returns the lines of its log. */
async function stopAndReadLog(api: Api): Promise<string[]> {
  api.child.kill('SIGTERM')
  expect(await api.exited).toBe(0)
  return api.text.stdout.split('\n').filter((line) => line.includes('ERROR: '))
}

async function countBooks(file: string): Promise<number> {
  await using database = await openDatabase(`file:${file}`)
  return (await database.selectFrom('books').select('id').execute()).length
}

const REPLACED = 'the database file has been deleted or replaced: restart with the right file in place'

const SEARCH = '{ books(filter: { title: "moon" }) { id } }'

const REPLACEMENTS: readonly {
  readonly id: string
  readonly title: string
  readonly replace: (file: string) => void
  /** Undoes it, if that is possible. */
  readonly restore?: (file: string) => void
  /** True if the stop writes all acknowledged books to the file. */
  readonly isPreserved?: true
}[] = [
  { id: 'file-faults/F01', title: 'the file is deleted', replace: (file) => rmSync(file) },
  {
    id: 'file-faults/F02',
    title: 'its -wal is deleted',
    replace: (file) => rmSync(`${file}-wal`),
    isPreserved: true,
  },
  {
    id: 'file-faults/F07',
    title: 'its -shm is deleted',
    replace: (file) => rmSync(`${file}-shm`),
    isPreserved: true,
  },
  {
    id: 'file-faults/F03',
    title: 'another file is renamed over it',
    replace(file) {
      copyFileSync(file, `${file}.copy`)
      renameSync(`${file}.copy`, file)
    },
  },
  {
    id: 'file-faults/F04',
    title: 'the file is renamed, and renamed back',
    replace: (file) => renameSync(file, `${file}.old`),
    restore: (file) => renameSync(`${file}.old`, file),
    isPreserved: true,
  },
]

test.each(REPLACEMENTS)(
  '$id acknowledges no write, and serves reads, while $title',
  async ({ replace, restore, isPreserved }) => {
    const file = createFilePath()
    const api = await startWithLog(file)
    const ids = [...(await writeUntilRejected(api, 1)).ids]
    expect(ids).toHaveLength(BATCH_SIZE)
    replace(file)
    for (let i = 0; i < 2; i++) {
      expectOutage((await writeUntilRejected(api, 1)).rejection)
      expect(await readReadiness(api)).toEqual([503, REPLACED])
    }
    expect((await sendDocument(api, '{ book(id: 1) { title } }')).status).toBe(200)
    // The first search opens the file.
    expect((await sendDocument(api, SEARCH)).status).toBe(503)
    if (restore) {
      restore(file)
      expect((await sendDocument(api, SEARCH)).status).toBe(200)
      // Nothing was written in between.
      ids.push(...(await writeUntilRejected(api, 1)).ids)
      expect(ids.at(-1)).toBe(String(5 + 2 * BATCH_SIZE))
      await expectReadsServed(api)
      replace(file)
      expectOutage((await writeUntilRejected(api, 1)).rejection)
      restore(file)
    }
    const line = expect.stringMatching(
      `The database file ${file} or its -wal or -shm has been deleted or replaced`,
    )
    expect(await stopAndReadLog(api)).toEqual(restore ? [line, line] : [line])
    if (isPreserved) expect(await countBooks(file)).toBe(5 + ids.length)
  },
)

test('file-faults/F05 acknowledges no write while the file is deleted during its transaction', async () => {
  const file = createFilePath()
  const database = await openDatabase(`file:${file}`)
  const deleting = runInTransaction(database, async (transaction) => {
    await transaction.deleteFrom('books').where('id', '=', 1).execute()
    rmSync(file)
  })
  await expect(deleting).rejects.toMatchObject({ details: { code: 'SERVICE_UNAVAILABLE' } })
  await database.destroy()
})

test('file-faults/F08 does not start with the log of a file that is missing, and keeps it', async () => {
  const file = createFilePath()
  const database = await openDatabase(`file:${file}`)
  await database.deleteFrom('books').where('id', '=', 1).execute()
  renameSync(file, `${file}.old`)
  await expect(openDatabase(`file:${file}`)).rejects.toThrow(
    `The database cannot be opened: ${file} does not exist, but its log ${file}-wal does (put the file back; `,
  )
  renameSync(`${file}.old`, file)
  await database.destroy()
  expect(await countBooks(file)).toBe(4)
})

/** Runs statements on an SQLite file in another process. */
const executeElsewhere = (file: string, statements: string) => {
  const code = `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(file)}).exec(${JSON.stringify(statements)})`
  execFileSync(process.execPath, ['-e', code])
}

test('file-faults/F06 accepts checkpoints, vacuums, backups and other processes', async () => {
  const file = createFilePath()
  const url = `file:${file}`
  const database = await openDatabase(url)
  const books = createBookRepository(database)
  const write = () =>
    runInTransaction(database, (transaction) =>
      transaction.updateTable('books').set({ cents: 100 }).where('id', '=', 1).execute(),
    )
  for (const statements of [
    'select 1 from books',
    'update books set cents = 1',
    'pragma wal_checkpoint(truncate)',
    'vacuum',
    'pragma wal_checkpoint(restart); update books set cents = 2',
  ]) {
    executeElsewhere(file, statements)
    await write()
    await books.ping()
  }
  const other = await openDatabase(url)
  await createBookRepository(other).ping()
  await other.destroy()
  expect((await runCli(['backup', `${file}.backup`], { DATABASE_URL: url })).status).toBe(0)
  await write()
  await books.ping()
  await database.destroy()
})

const GARBAGE = Buffer.alloc(4_096, 0xa5)
const BOOKS = 5_000

describe('with a damaged file', () => {
  let original: string
  beforeAll(async () => {
    original = createFilePath()
    const bookAt = (index: number) => ({
      id: index + 6,
      title: `Title ${index}`,
      author: 'Anon',
      cents: 1,
      pages: 1,
    })
    await insertBooks(`file:${original}`, BOOKS, bookAt)
  })

  function copyOriginal(): string {
    const file = createFilePath()
    copyFileSync(original, file)
    return file
  }

  /** Overwrites the second and third quarter of a file. */
  function damageMiddle(file: string): void {
    const descriptor = openSync(file, 'r+')
    const pages = statSync(file).size / GARBAGE.length
    for (let page = Math.floor(pages / 4); page < (pages * 3) / 4; page += 1)
      writeSync(descriptor, GARBAGE, 0, GARBAGE.length, page * GARBAGE.length)
  }

  test.each([
    { id: 'file-faults/F10', title: 'pages are overwritten', damage: damageMiddle },
    {
      id: 'file-faults/F11',
      title: 'the file is truncated',
      damage: (file: string) => truncateSync(file, 16 * GARBAGE.length),
    },
  ])('$id answers 500 without details, and is not ready, after $title', async ({ damage }) => {
    const file = copyOriginal()
    const api = await startWithLog(file)
    await expectReadsServed(api)
    damage(file)
    for (const document of [
      `{ book(id: ${BOOKS / 2}) { title } }`,
      '{ booksConnection(first: 100, orderBy: TITLE) { edges { node { title } } } }',
    ]) {
      const reply = await sendDocument(api, document)
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([500, null])
      expect(reply.json.errors).toEqual([
        expect.objectContaining({
          message: 'Internal server error.',
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        }),
      ])
      expect(await readReadiness(api)).toEqual([503, 'the database file is damaged'])
    }
    expect((await writeUntilRejected(api, 1)).rejection?.status).toBe(500)
    const log = await stopAndReadLog(api)
    expect(log).toEqual([
      expect.stringMatching(
        `The database file ${file} is damaged: database disk image is malformed\\. Stop the server and restore a backup`,
      ),
    ])
  })

  test('file-faults/F12 reports a damaged file at start', async () => {
    const file = copyOriginal()
    writeFileSync(file, GARBAGE, { flag: 'r+' })
    const settings = { DATABASE_URL: `file:${file}`, OKTA_ISSUER: issuer.url }
    const { status, stderr } = await runCli(['api'], settings)
    expect([status, stderr]).toEqual([
      1,
      'The database cannot be opened: file is not a database (the file is damaged or not an SQLite database: restore a backup, as docs/operating.md describes). Check DATABASE_URL.\n',
    ])
  })
})
