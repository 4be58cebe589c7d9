// PostgreSQL is read-only for a while, as after a switch to a standby.

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

const testWithPostgres = hasPostgres ? test : test.skip
testWithPostgres(
  'answers 503 to writes and serves reads while the database is read-only, and recovers',
  async () => {
    const url = await createPostgresDatabase()
    const name = new URL(url).pathname.slice(1)
    const settings = { DATABASE_URL: url }
    const api = await startWriter(issuer, settings)
    /** Changes the setting for new sessions, and ends the existing ones. */
    const alterDatabase = async (change: string) => {
      await queryPostgres(`alter database ${name} ${change}`)
      await queryPostgres(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    }
    expect((await writeUntilRejected(api, 1)).ids).toHaveLength(BATCH_SIZE)
    await alterDatabase('set default_transaction_read_only = on')
    expectOutage((await writeUntilRejected(api)).rejection)
    await expectReadsServed(api)
    const late = await startWriter(issuer, settings)
    expectOutage((await writeUntilRejected(late)).rejection)
    await expectReadsServed(late)
    await alterDatabase('reset default_transaction_read_only')
    for (const one of [api, late]) {
      expect((await writeUntilRejected(one, 1)).ids).toHaveLength(BATCH_SIZE)
      one.child.kill('SIGTERM')
      expect(await one.exited).toBe(0)
    }
  },
)
