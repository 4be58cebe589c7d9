// A disk without room, or that takes no writes: 503, reads go on, and when there is room again so do writes.

import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTemporaryFolder, runCli } from '../support/cli-process.ts'
import {
  BATCH_SIZE,
  expectOutage,
  expectReadsServed,
  startWriter,
  writeUntilRejected,
} from '../support/database/write-load.ts'
import { canMountTmpfs, mountSmallDisk } from '../support/small-disk.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

const DISK_BYTES = 12_000_000
/** SQLite moves its journal into the file when it is so long, and begins it anew. */
const CHECKPOINT_BYTES = 4_000_000

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

/** All that was acknowledged is there, and batches are there as a whole. */
function isWhole(file: string, acknowledged: readonly string[]): void {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    const rows = database.prepare('select id from books').all()
    const kept = new Set(rows.map(({ id }) => String(id)))
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
    const found = database.prepare('select count(*) as books from titles').get()?.books
    expect([found, (kept.size - 5) % BATCH_SIZE]).toEqual([kept.size, 0])
  } finally {
    database.close()
  }
}

const onDisk = canMountTmpfs ? describe : describe.skip
onDisk('a small disk (skipped where nobody may mount one)', () => {
  let disk: Awaited<ReturnType<typeof mountSmallDisk>>
  let settings: Record<string, string>
  beforeEach(async () => {
    disk = await mountSmallDisk(DISK_BYTES)
    settings = { OKTA_ISSUER: issuer.url, DATABASE_URL: `file:${join(disk.folder, 'books.db')}` }
  })
  afterEach(() => disk.close())

  /** Its copy, page by page, is elsewhere. */
  async function isWholeOnDisk(acknowledged: readonly string[]): Promise<void> {
    const copy = join(createTemporaryFolder(), 'copy.db')
    expect(await runCli(['backup', copy], settings, undefined, disk.wrapperCommand)).toMatchObject({
      status: 0,
      stderr: '',
    })
    isWhole(copy, acknowledged)
  }

  test('full while the journal grows: nothing acknowledged is lost, and it goes on when there is room', async () => {
    const api = await startWriter(issuer, settings, disk.wrapperCommand)
    const first = await writeUntilRejected(api, 2)
    disk.fill()
    const second = await writeUntilRejected(api)
    expectOutage(second.rejection)
    expectOutage((await writeUntilRejected(api, 1)).rejection)
    await expectReadsServed(api)
    await isWholeOnDisk([...first.ids, ...second.ids])
    disk.removeBallast()
    const third = await writeUntilRejected(api, 2)
    expect(third.rejection).toBeUndefined()
    await isWholeOnDisk([...first.ids, ...second.ids, ...third.ids])
    api.child.kill('SIGTERM')
    expect(await api.exited).toBe(0)
  })

  test('full while the journal is moved into the file, and killed then: the same', async () => {
    const api = await startWriter(issuer, settings, disk.wrapperCommand)
    const acknowledged: string[] = []
    const size = (name: string) => statSync(disk.path(name)).size
    while (size('books.db-wal') < CHECKPOINT_BYTES || size('books.db') < 100_000)
      acknowledged.push(...(await writeUntilRejected(api, 1)).ids)
    // From here on the journal has room in what it used before, and the file has none.
    disk.fill()
    const fileBytes = size('books.db')
    const { ids, rejection } = await writeUntilRejected(api)
    expectOutage(rejection)
    acknowledged.push(...ids)
    expect([ids.length > 0, size('books.db') - fileBytes < 100_000]).toEqual([true, true])
    await expectReadsServed(api)
    await isWholeOnDisk(acknowledged)
    api.child.kill('SIGKILL')
    await api.exited
    disk.removeBallast()
    const again = await startWriter(issuer, settings, disk.wrapperCommand)
    acknowledged.push(...(await writeUntilRejected(again, 2)).ids)
    await isWholeOnDisk(acknowledged)
    again.child.kill('SIGTERM')
    expect(await again.exited).toBe(0)
  })

  test('E50 a start on a disk that takes no writes: one line', async () => {
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

test('files may not grow (ulimit -f), set and taken back while it runs', async () => {
  const file = join(createTemporaryFolder(), 'books.db')
  const api = await startWriter(issuer, { DATABASE_URL: `file:${file}` })
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(api.child.pid), `--fsize=${bytes}:`])
  const first = await writeUntilRejected(api, 2)
  limit(String(statSync(`${file}-wal`).size))
  const second = await writeUntilRejected(api)
  expectOutage(second.rejection)
  await expectReadsServed(api)
  limit('unlimited')
  const third = await writeUntilRejected(api, 2)
  expect(third.rejection).toBeUndefined()
  isWhole(file, [...first.ids, ...second.ids, ...third.ids])
  api.child.kill('SIGTERM')
  expect(await api.exited).toBe(0)
})
