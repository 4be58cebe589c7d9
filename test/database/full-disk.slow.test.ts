// A full or read-only disk: writes get 503, reads continue, and writes recover once there is space.

import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { runCli } from '../support/cli-process.ts'
import {
  BATCH_SIZE,
  expectOutage,
  expectReadsServed,
  startWriter,
  writeUntilRejected,
} from '../support/database/write-load.ts'
import { canMountTmpfs, mountSmallDisk } from '../support/small-disk.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const DISK_BYTES = 12_000_000
/** The size of the write-ahead log at which SQLite checkpoints it. */
const CHECKPOINT_BYTES = 4_000_000

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

/** Expects an intact file with every acknowledged book, and batches that are stored completely. */
function expectIntact(file: string, acknowledged: readonly string[]): void {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    const rows = database.prepare('select id from books').all()
    const stored = new Set(rows.map(({ id }) => String(id)))
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
    const indexed = database.prepare('select count(*) as books from book_words').get()?.books
    expect([indexed, (stored.size - 5) % BATCH_SIZE]).toEqual([stored.size, 0])
  } finally {
    database.close()
  }
}

const describeWithDisk = canMountTmpfs ? describe : describe.skip
describeWithDisk('a small disk (skipped where tmpfs cannot be mounted)', () => {
  let disk: Awaited<ReturnType<typeof mountSmallDisk>>
  let settings: Record<string, string>
  beforeEach(async () => {
    disk = await mountSmallDisk(DISK_BYTES)
    settings = { OKTA_ISSUER: issuer.url, DATABASE_URL: `file:${join(disk.folder, 'books.db')}` }
  })
  afterEach(() => disk.close())

  /** Checks a backup outside the disk. */
  async function expectIntactOnDisk(acknowledged: readonly string[]): Promise<void> {
    const copy = join(createTemporaryFolder(), 'copy.db')
    expect(await runCli(['backup', copy], settings, undefined, disk.wrapperCommand)).toMatchObject({
      status: 0,
      stderr: '',
    })
    expectIntact(copy, acknowledged)
  }

  test('loses no acknowledged book when the disk fills up while the write-ahead log grows, and recovers', async () => {
    const api = await startWriter(issuer, settings, disk.wrapperCommand)
    const first = await writeUntilRejected(api, 2)
    disk.fill()
    const second = await writeUntilRejected(api)
    expectOutage(second.rejection)
    expectOutage((await writeUntilRejected(api, 1)).rejection)
    await expectReadsServed(api)
    await expectIntactOnDisk([...first.ids, ...second.ids])
    disk.removeBallast()
    const third = await writeUntilRejected(api, 2)
    expect(third.rejection).toBeUndefined()
    await expectIntactOnDisk([...first.ids, ...second.ids, ...third.ids])
    api.child.kill('SIGTERM')
    expect(await api.exited).toBe(0)
  })

  test('loses no acknowledged book when the disk fills up during a checkpoint and the API is killed', async () => {
    const api = await startWriter(issuer, settings, disk.wrapperCommand)
    const acknowledged: string[] = []
    const size = (name: string) => statSync(disk.path(name)).size
    while (size('books.db-wal') < CHECKPOINT_BYTES || size('books.db') < 100_000)
      acknowledged.push(...(await writeUntilRejected(api, 1)).ids)
    // From here on the log reuses its space, and the database file cannot grow.
    disk.fill()
    const fileBytes = size('books.db')
    const { ids, rejection } = await writeUntilRejected(api)
    expectOutage(rejection)
    acknowledged.push(...ids)
    expect([ids.length > 0, size('books.db') - fileBytes < 100_000]).toEqual([true, true])
    await expectReadsServed(api)
    await expectIntactOnDisk(acknowledged)
    api.child.kill('SIGKILL')
    await api.exited
    disk.removeBallast()
    const again = await startWriter(issuer, settings, disk.wrapperCommand)
    acknowledged.push(...(await writeUntilRejected(again, 2)).ids)
    await expectIntactOnDisk(acknowledged)
    again.child.kill('SIGTERM')
    expect(await again.exited).toBe(0)
  })

  test('database/E50 reports a read-only disk at start in one line', async () => {
    const api = await startWriter(issuer, settings, disk.wrapperCommand)
    api.child.kill('SIGTERM')
    await api.exited
    disk.remount('ro')
    const { status, stderr } = await runCli(['api'], settings, undefined, disk.wrapperCommand)
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^The database cannot be opened: .+ \(the file and its folder must be writable\)\. Check DATABASE_URL\.\n$/,
      ),
    ])
  })
})

test('loses no acknowledged book under a file size limit (ulimit -f), and recovers', async () => {
  const file = join(createTemporaryFolder(), 'books.db')
  const api = await startWriter(issuer, { DATABASE_URL: `file:${file}` })
  const setFileSizeLimit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(api.child.pid), `--fsize=${bytes}:`])
  const first = await writeUntilRejected(api, 2)
  setFileSizeLimit(String(statSync(`${file}-wal`).size))
  const second = await writeUntilRejected(api)
  expectOutage(second.rejection)
  await expectReadsServed(api)
  setFileSizeLimit('unlimited')
  const third = await writeUntilRejected(api, 2)
  expect(third.rejection).toBeUndefined()
  expectIntact(file, [...first.ids, ...second.ids, ...third.ids])
  api.child.kill('SIGTERM')
  expect(await api.exited).toBe(0)
})
