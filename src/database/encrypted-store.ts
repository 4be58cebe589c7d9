import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'
import { type ExpressionBuilder, sql } from 'kysely'
import type { ExpiringStore } from '../lib/expiring-store.ts'
import type { Database } from './database.ts'
import { mapOutage } from './errors.ts'
import type { Tables } from './tables.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** An expiry is only extended by more than this, since every write goes to the disk. */
const MIN_EXTENSION_MS = 60_000

/**
 * Creates expiring stores whose values are unreadable in the database. A row has the hash of its key, and its value is
 * encrypted with a key derived from the secret and that key: without the key, the database and the secret together are
 * not enough to decrypt it.
 * @param secret at least 32 characters; with another one, existing values appear as absent
 * @throws ApiError `SERVICE_UNAVAILABLE` (from each method) during an outage of the database
 */
export function createEncryptedStore(database: Database, secret: string, now: () => number) {
  return Object.freeze({
    open: <Value>(name: string, maxEntries?: number) =>
      openStore<Value>(database, secret, now, name, maxEntries),

    async deleteExpired(): Promise<void> {
      await mapOutage(database.deleteFrom('keep').where('expires_at', '<=', now()).execute())
    },
  })
}

type SealedQuery = { executeTakeFirst(): Promise<{ sealed: string } | undefined> }

function openStore<Value>(
  database: Database,
  secret: string,
  now: () => number,
  name: string,
  maxEntries: number | undefined,
): ExpiringStore<Value> {
  let writes = 0
  const hashKey = (key: string) => hash('sha256', `${name}\0${key}`, 'base64url')
  /** HKDF (RFC 5869). */
  const deriveKey = (key: string) =>
    Buffer.from(hkdfSync('sha256', secret, key, `fakebook keep ${name}`, KEY_BYTES))
  const encryptValue = (key: string, value: Value) => encrypt(deriveKey(key), JSON.stringify(value))
  const isCurrent = (key: string) => (eb: ExpressionBuilder<Tables, 'keep'>) =>
    eb.and([eb('id', '=', hashKey(key)), eb('expires_at', '>', now())])

  async function readValue(key: string, query: SealedQuery): Promise<Value | undefined> {
    const row = await mapOutage(query.executeTakeFirst())
    const text = row && decrypt(deriveKey(key), row.sealed)
    return text === undefined ? undefined : JSON.parse(text)
  }

  /** Deletes the entries beyond `limit`, oldest first. */
  async function deleteSurplus(limit: number): Promise<void> {
    const entries = database.selectFrom('keep').where('room', '=', name)
    const newestSurplus = entries.select('expires_at').orderBy('expires_at', 'desc').limit(1).offset(limit)
    const remove = database.deleteFrom('keep').where('room', '=', name)
    await mapOutage(remove.where('expires_at', '<=', newestSurplus).execute())
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
      const insert = database.insertInto('keep').values(row)
      await mapOutage(insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute())
      writes += 1
      if (maxEntries !== undefined && writes % Math.ceil(maxEntries / 10) === 0)
        await deleteSurplus(maxEntries)
    },

    get: (key) => readValue(key, database.selectFrom('keep').select('sealed').where(isCurrent(key))),

    getAndDelete: (key) =>
      readValue(key, database.deleteFrom('keep').where(isCurrent(key)).returning('sealed')),

    async replace(key, value) {
      const update = database.updateTable('keep').set({ sealed: encryptValue(key, value) })
      const { numUpdatedRows } = await mapOutage(update.where(isCurrent(key)).executeTakeFirst())
      return numUpdatedRows > 0n
    },

    async extend(key, ttlMs) {
      const expiresAt = now() + ttlMs
      const update = database
        .updateTable('keep')
        .set({ expires_at: sql<number>`case when ends_at < ${expiresAt} then ends_at else ${expiresAt} end` })
        .where(isCurrent(key))
        .where('expires_at', '<', expiresAt - MIN_EXTENSION_MS)
        .whereRef('expires_at', '<', 'ends_at')
      await mapOutage(update.execute())
    },

    async delete(key) {
      await mapOutage(database.deleteFrom('keep').where('id', '=', hashKey(key)).execute())
    },
  } satisfies ExpiringStore<Value>)
}

function encrypt(key: Buffer, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv)
  const body = [cipher.update(text, 'utf8'), cipher.final()]
  return Buffer.concat([iv, cipher.getAuthTag(), ...body]).toString('base64url')
}

/** Returns undefined if the text was encrypted with another key, or altered. */
function decrypt(key: Buffer, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  const start = IV_BYTES + TAG_BYTES
  try {
    const iv = bytes.subarray(0, IV_BYTES)
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
    decipher.setAuthTag(bytes.subarray(IV_BYTES, start))
    return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
