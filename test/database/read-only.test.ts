// PostgreSQL that takes no writes for a while, as after a switch to a standby: reads go on.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { BATCH, isOutage, readsGoOn, startWriting, written } from '../support/database/write-load.ts'
import { hasPostgres, newPostgres } from '../support/databases.ts'
import { onServer } from '../support/query-postgres.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../support/stub-issuer.ts'

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

const here = hasPostgres ? test : test.skip
here('while it runs, and at a start: writes get 503, reads go on, and it recovers by itself', async () => {
  const url = await newPostgres()
  const name = new URL(url).pathname.slice(1)
  const settings = { DATABASE_URL: url }
  const api = await startWriting(issuer, settings)
  /** For sessions from now on, so those that there are end. */
  const set = async (change: string) => {
    await onServer(`alter database ${name} ${change}`)
    await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  }
  expect((await written(api, 1)).ids).toHaveLength(BATCH)
  await set('set default_transaction_read_only = on')
  isOutage((await written(api)).refused)
  await readsGoOn(api)
  const late = await startWriting(issuer, settings)
  isOutage((await written(late)).refused)
  await readsGoOn(late)
  await set('reset default_transaction_read_only')
  for (const one of [api, late]) {
    expect((await written(one, 1)).ids).toHaveLength(BATCH)
    one.child.kill('SIGTERM')
    expect(await one.exited).toBe(0)
  }
})
