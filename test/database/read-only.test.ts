// PostgreSQL that takes no writes for a while, as after a switch to a standby: reads go on.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  BATCH_SIZE,
  expectOutage,
  expectReadsServed,
  startWriter,
  writeUntilRejected,
} from '../support/database/write-load.ts'
import { createPostgresDatabase, hasPostgres } from '../support/databases.ts'
import { queryPostgres } from '../support/query-postgres.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const here = hasPostgres ? test : test.skip
here('while it runs, and at a start: writes get 503, reads go on, and it recovers by itself', async () => {
  const url = await createPostgresDatabase()
  const name = new URL(url).pathname.slice(1)
  const settings = { DATABASE_URL: url }
  const api = await startWriter(issuer, settings)
  /** For sessions from now on, so those that there are end. */
  const set = async (change: string) => {
    await queryPostgres(`alter database ${name} ${change}`)
    await queryPostgres(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  }
  expect((await writeUntilRejected(api, 1)).ids).toHaveLength(BATCH_SIZE)
  await set('set default_transaction_read_only = on')
  expectOutage((await writeUntilRejected(api)).rejection)
  await expectReadsServed(api)
  const late = await startWriter(issuer, settings)
  expectOutage((await writeUntilRejected(late)).rejection)
  await expectReadsServed(late)
  await set('reset default_transaction_read_only')
  for (const one of [api, late]) {
    expect((await writeUntilRejected(one, 1)).ids).toHaveLength(BATCH_SIZE)
    one.child.kill('SIGTERM')
    expect(await one.exited).toBe(0)
  }
})
