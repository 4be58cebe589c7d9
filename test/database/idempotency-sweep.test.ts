import { expect, test } from '@jest/globals'
import pg from 'pg'
import { openDatabase } from '../../src/database/database.ts'
import { deleteExpiredIdempotencyBatch } from '../../src/database/idempotency.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { waitUntil } from '../support/wait-until.ts'

/** More than one statement deletes. */
const EXPIRED = 2_500
const NOW = 1_000

describeEachDatabase((newDatabase, kind) => {
  test('idempotency-sweep/S01 deletes all expired keys in batches, and no others', async () => {
    const database = await openDatabase(await newDatabase())
    const row = { client_id: 'c', part: '', request_hash: '', book_ids: '' }
    const rows = Array.from({ length: EXPIRED }, (_, i) => ({ ...row, key: `expired ${i}`, kept_until: NOW }))
    for (let i = 0; i < EXPIRED; i += 500)
      await database
        .insertInto('idempotency')
        .values(rows.slice(i, i + 500))
        .execute()
    await database
      .insertInto('idempotency')
      .values({ ...row, key: 'kept', kept_until: NOW + 1 })
      .execute()
    let batches = 0
    while (await deleteExpiredIdempotencyBatch(database, NOW)) batches += 1
    expect(batches).toBe(3)
    expect(await database.selectFrom('idempotency').select('key').execute()).toEqual([{ key: 'kept' }])
    await database.destroy()
  })

  if (kind === 'PostgreSQL')
    test('idempotency-sweep/S02 keeps a record that is replaced while the deletion waits for it', async () => {
      const url = await newDatabase()
      const database = await openDatabase(url)
      const row = { client_id: 'c', key: 'k', part: '', request_hash: '', book_ids: '', kept_until: NOW }
      await database.insertInto('idempotency').values(row).execute()
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      await other.query('begin')
      await other.query(`update idempotency set kept_until = ${NOW + 1}`)
      const deleting = deleteExpiredIdempotencyBatch(database, NOW)
      const waits = "select 1 from pg_locks where not granted and locktype = 'transactionid'"
      await waitUntil(async () => (await other.query(waits)).rows.length > 0)
      await other.query('commit')
      await other.end()
      expect(await deleting).toBe(false)
      expect(await database.selectFrom('idempotency').select('key').execute()).toEqual([{ key: 'k' }])
      await database.destroy()
    })
})
