import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { ExpiringStore, ExpiringStores } from '../lib/expiring-store.ts'
import type { Database } from './database.ts'
import { mapOutage } from './errors.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** An end is put off only if that gains so much: every write goes to the disk. */
const WORTHWHILE_MS = 60_000

/**
 * Keeps what must not be readable in the database: a row has the hash of its key, and its value sealed with what is
 * derived from the secret and the key itself. Whoever reads the database, even with the secret, can open nothing.
 * @param secret 32 characters or more; with another one, what was kept before is not there
 * @param now milliseconds since 1970
 * @throws (each function) Refusal `SERVICE_UNAVAILABLE` when the database can't be had
 */
export function createEncryptedStore(
  database: Database,
  secret: string,
  now: () => number,
): ExpiringStores & { deleteExpired(): Promise<void> } {
  return Object.freeze({
    open<Value>(name: string, maxEntries?: number): ExpiringStore<Value> {
      const sealed = (key: string, value: Value) => seal(derived(secret, name, key), JSON.stringify(value))
      const opened = (key: string, row: { sealed: string } | undefined) => {
        const text = row && open(derived(secret, name, key), row.sealed)
        return text === undefined ? undefined : (JSON.parse(text) as Value)
      }
      const bounded = maxEntries === undefined ? async () => {} : bound(database, name, maxEntries)
      const written = rows(database, name, now, sealed, bounded)
      return Object.freeze({ ...written, ...readers(database, name, now, opened) })
    },

    /** Deletes what has expired. */
    async deleteExpired(): Promise<void> {
      await mapOutage(database.deleteFrom('keep').where('expires_at', '<=', now()).execute())
    },
  })
}

function rows<Value>(
  database: Database,
  name: string,
  now: () => number,
  sealed: (key: string, value: Value) => string,
  bounded: () => Promise<void>,
): Pick<ExpiringStore<Value>, 'set' | 'replace' | 'extend' | 'delete'> {
  return {
    async set(key, value, ttlMs, maxTtlMs = ttlMs) {
      const times = { expires_at: now() + ttlMs, ends_at: now() + maxTtlMs }
      const row = { id: hashed(name, key), sealed: sealed(key, value), ...times, room: name }
      const insert = database.insertInto('keep').values(row)
      await mapOutage(insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute())
      await bounded()
    },
    async replace(key, value) {
      const update = database.updateTable('keep').set({ sealed: sealed(key, value) })
      const where = update.where('id', '=', hashed(name, key)).where('expires_at', '>', now())
      return (await mapOutage(where.executeTakeFirst())).numUpdatedRows > 0n
    },
    async extend(key, ttlMs) {
      const wanted = now() + ttlMs
      const end = sql<number>`case when ends_at < ${wanted} then ends_at else ${wanted} end`
      await mapOutage(
        database
          .updateTable('keep')
          .set({ expires_at: end })
          .where('id', '=', hashed(name, key))
          .where('expires_at', '>', now())
          .where('expires_at', '<', wanted - WORTHWHILE_MS)
          .where(sql<boolean>`expires_at < ends_at`)
          .execute(),
      )
    },
    async delete(key) {
      await mapOutage(database.deleteFrom('keep').where('id', '=', hashed(name, key)).execute())
    },
  }
}

/** Now and then deletes what is too much of a room, the oldest first. */
function bound(database: Database, room: string, most: number): () => Promise<void> {
  const every = Math.ceil(most / 10)
  let sets = 0
  return async function boundRoom() {
    sets += 1
    if (sets % every !== 0) return
    const first = database.selectFrom('keep').select('expires_at').where('room', '=', room)
    const surplus = first.orderBy('expires_at', 'desc').limit(1).offset(most)
    const newest = await mapOutage(surplus.executeTakeFirst())
    if (newest === undefined) return
    const remove = database.deleteFrom('keep').where('room', '=', room)
    await mapOutage(remove.where('expires_at', '<=', newest.expires_at).execute())
  }
}

function readers<Value>(
  database: Database,
  name: string,
  now: () => number,
  opened: (key: string, row: { sealed: string } | undefined) => Value | undefined,
): Pick<ExpiringStore<Value>, 'get' | 'getAndDelete'> {
  return {
    async get(key) {
      const select = database.selectFrom('keep').select('sealed').where('id', '=', hashed(name, key))
      return opened(key, await mapOutage(select.where('expires_at', '>', now()).executeTakeFirst()))
    },
    async getAndDelete(key) {
      const remove = database.deleteFrom('keep').where('id', '=', hashed(name, key))
      const taken = remove.where('expires_at', '>', now()).returning('sealed')
      return opened(key, await mapOutage(taken.executeTakeFirst()))
    },
  }
}

const hashed = (room: string, key: string) =>
  createHash('sha256').update(`${room}\0${key}`).digest('base64url')

/** RFC 5869. */
const derived = (secret: string, room: string, key: string) =>
  Buffer.from(hkdfSync('sha256', secret, key, `fakebook keep ${room}`, KEY_BYTES))

function seal(key: Buffer, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv)
  const body = [cipher.update(text, 'utf8'), cipher.final()]
  return Buffer.concat([iv, cipher.getAuthTag(), ...body]).toString('base64url')
}

/** Undefined when it was sealed with another key, or altered. */
function open(key: Buffer, sealed: string): string | undefined {
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
