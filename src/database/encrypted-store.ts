import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { ExpiringStore, ExpiringStores } from '../lib/expiring-store.ts'
import type { Database } from './database.ts'
import { mapOutage } from './errors.ts'

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
 * @param now returns milliseconds since 1970
 * @throws ApiError `SERVICE_UNAVAILABLE` (from each method) during an outage of the database
 */
export function createEncryptedStore(
  database: Database,
  secret: string,
  now: () => number,
): ExpiringStores & { deleteExpired(): Promise<void> } {
  return Object.freeze({
    open: <Value>(name: string, maxEntries?: number) =>
      openStore<Value>(database, secret, now, name, maxEntries),

    async deleteExpired(): Promise<void> {
      await mapOutage(database.deleteFrom('keep').where('expires_at', '<=', now()).execute())
    },
  })
}

function openStore<Value>(
  database: Database,
  secret: string,
  now: () => number,
  name: string,
  maxEntries: number | undefined,
): ExpiringStore<Value> {
  const encryptValue = (key: string, value: Value) =>
    encrypt(deriveKey(secret, name, key), JSON.stringify(value))
  const decryptRow = (key: string, row: { sealed: string } | undefined) => {
    const text = row && decrypt(deriveKey(secret, name, key), row.sealed)
    return text === undefined ? undefined : (JSON.parse(text) as Value)
  }
  const evictOldest = maxEntries === undefined ? undefined : createEviction(database, name, maxEntries)

  return Object.freeze({
    async set(key, value, ttlMs, maxTtlMs = ttlMs) {
      const row = {
        id: hashKey(name, key),
        sealed: encryptValue(key, value),
        expires_at: now() + ttlMs,
        ends_at: now() + maxTtlMs,
        room: name,
      }
      const insert = database.insertInto('keep').values(row)
      await mapOutage(insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute())
      await evictOldest?.()
    },

    async get(key) {
      const select = database
        .selectFrom('keep')
        .select('sealed')
        .where('id', '=', hashKey(name, key))
        .where('expires_at', '>', now())
      return decryptRow(key, await mapOutage(select.executeTakeFirst()))
    },

    async getAndDelete(key) {
      const remove = database
        .deleteFrom('keep')
        .where('id', '=', hashKey(name, key))
        .where('expires_at', '>', now())
        .returning('sealed')
      return decryptRow(key, await mapOutage(remove.executeTakeFirst()))
    },

    async replace(key, value) {
      const update = database
        .updateTable('keep')
        .set({ sealed: encryptValue(key, value) })
        .where('id', '=', hashKey(name, key))
        .where('expires_at', '>', now())
      return (await mapOutage(update.executeTakeFirst())).numUpdatedRows > 0n
    },

    async extend(key, ttlMs) {
      const expiresAt = now() + ttlMs
      const update = database
        .updateTable('keep')
        .set({ expires_at: sql<number>`case when ends_at < ${expiresAt} then ends_at else ${expiresAt} end` })
        .where('id', '=', hashKey(name, key))
        .where('expires_at', '>', now())
        .where('expires_at', '<', expiresAt - MIN_EXTENSION_MS)
        .where(sql<boolean>`expires_at < ends_at`)
      await mapOutage(update.execute())
    },

    async delete(key) {
      await mapOutage(database.deleteFrom('keep').where('id', '=', hashKey(name, key)).execute())
    },
  } satisfies ExpiringStore<Value>)
}

/** Creates the function that limits a store's entries. It deletes the oldest, on every tenth of `maxEntries` writes. */
function createEviction(database: Database, name: string, maxEntries: number): () => Promise<void> {
  const interval = Math.ceil(maxEntries / 10)
  let writes = 0
  return async function evictOldest() {
    writes += 1
    if (writes % interval !== 0) return
    const newestSurplus = database
      .selectFrom('keep')
      .select('expires_at')
      .where('room', '=', name)
      .orderBy('expires_at', 'desc')
      .limit(1)
      .offset(maxEntries)
    const newest = await mapOutage(newestSurplus.executeTakeFirst())
    if (newest === undefined) return
    const remove = database.deleteFrom('keep').where('room', '=', name)
    await mapOutage(remove.where('expires_at', '<=', newest.expires_at).execute())
  }
}

const hashKey = (name: string, key: string) =>
  createHash('sha256').update(`${name}\0${key}`).digest('base64url')

/** HKDF (RFC 5869). */
const deriveKey = (secret: string, name: string, key: string) =>
  Buffer.from(hkdfSync('sha256', secret, key, `fakebook keep ${name}`, KEY_BYTES))

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
  if (bytes.length < start) return undefined
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(IV_BYTES, start))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
