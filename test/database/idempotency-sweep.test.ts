import { expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import { deleteExpiredIdempotencyRecords } from '../../src/database/idempotency.ts'
import { describeEachDatabase } from '../support/databases.ts'

/** More than one statement deletes. */
const EXPIRED = 2_500
const NOW = 1_000

describeEachDatabase((newDatabase) => {
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
    while (await deleteExpiredIdempotencyRecords(database, NOW)) batches += 1
    expect(batches).toBe(3)
    expect(await database.selectFrom('idempotency').select('key').execute()).toEqual([{ key: 'kept' }])
    await database.destroy()
  })
})
