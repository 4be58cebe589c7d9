import { hash } from 'node:crypto'
import { type ExpressionBuilder, sql } from 'kysely'
import type { ExpiringStore } from '../lib/expiring-store.ts'
import { deriveKeys, seal, unseal } from '../lib/seal.ts'
import { MAX_BATCH_ROWS } from './chunks.ts'
import type { Database } from './database.ts'
import { mapOutage } from './errors.ts'
import type { Tables } from './tables.ts'

/** An expiry is only extended by more than this, since every write goes to the disk. */
const MIN_EXTENSION_MS = 60_000

/**
 * Creates expiring stores whose values are unreadable in the database. A row has the hash of its key, and its value is
 * encrypted with a key derived from the secret and that key: without the key, the database and the secret together are
 * not enough to decrypt it. Whether the file of an SQLite database has been deleted is not checked: a lost session costs a
 * sign-in.
 * @param secrets at least 32 characters each; the first encrypts, all decrypt. Values of other secrets appear as absent
 * @throws ApiError `SERVICE_UNAVAILABLE` (from each method) during an outage of the database
 */
export function createEncryptedStore(database: Database, secrets: readonly string[], now: () => number) {
  const { writes } = database.shares
  return Object.freeze({
    open: <Value>(name: string) => openStore<Value>(database, secrets, now, name),

    /** Deletes some of the expired values. Resolves to false when it deleted none. */
    async deleteExpiredBatch(): Promise<boolean> {
      const time = now()
      const expired = writes
        .selectFrom('keep')
        .select('id')
        .where('expires_at', '<=', time)
        .limit(MAX_BATCH_ROWS)
      // The expiry is tested again: PostgreSQL may have waited for a transaction that extends it.
      const sweep = writes.deleteFrom('keep').where('expires_at', '<=', time).where('id', 'in', expired)
      return (await mapOutage(sweep.executeTakeFirstOrThrow())).numDeletedRows > 0n
    },
  })
}

type SealedQuery = { executeTakeFirst(): Promise<{ sealed: string } | undefined> }

function openStore<Value>(
  database: Database,
  secrets: readonly string[],
  now: () => number,
  name: string,
): ExpiringStore<Value> {
  const { writes } = database.shares
  const hashKey = (key: string) => hash('sha256', `${name}\0${key}`, 'base64url')
  const deriveEntryKeys = (key: string) => deriveKeys(secrets, key, `fakebook keep ${name}`)
  const encryptValue = (key: string, value: Value) => seal(deriveEntryKeys(key), JSON.stringify(value))
  const isCurrent = (key: string) => (eb: ExpressionBuilder<Tables, 'keep'>) =>
    eb.and([eb('id', '=', hashKey(key)), eb('expires_at', '>', now())])

  async function readValue(key: string, query: SealedQuery): Promise<Value | undefined> {
    const row = await mapOutage(query.executeTakeFirst())
    const text = row && unseal(deriveEntryKeys(key), row.sealed)
    return text === undefined ? undefined : JSON.parse(text)
  }

  return Object.freeze({
    async set(key, value, ttlMs, maxTtlMs = ttlMs) {
      const row = {
        id: hashKey(key),
        sealed: encryptValue(key, value),
        expires_at: now() + ttlMs,
        ends_at: now() + maxTtlMs,
        room: name,
      }
      const insert = writes.insertInto('keep').values(row)
      await mapOutage(insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute())
    },

    get: (key) => readValue(key, database.selectFrom('keep').select('sealed').where(isCurrent(key))),

    getAndDelete: (key) =>
      readValue(key, writes.deleteFrom('keep').where(isCurrent(key)).returning('sealed')),

    async replace(key, value) {
      const update = writes.updateTable('keep').set({ sealed: encryptValue(key, value) })
      const { numUpdatedRows } = await mapOutage(update.where(isCurrent(key)).executeTakeFirst())
      return numUpdatedRows > 0n
    },

    async extend(key, ttlMs) {
      const expiresAt = now() + ttlMs
      const update = writes
        .updateTable('keep')
        .set({ expires_at: sql<number>`case when ends_at < ${expiresAt} then ends_at else ${expiresAt} end` })
        .where(isCurrent(key))
        .where('expires_at', '<', expiresAt - MIN_EXTENSION_MS)
        .whereRef('expires_at', '<', 'ends_at')
      await mapOutage(update.execute())
    },

    async delete(key) {
      await mapOutage(writes.deleteFrom('keep').where('id', '=', hashKey(key)).execute())
    },
  } satisfies ExpiringStore<Value>)
}
