import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import { type InputFault, idempotencyMismatch } from '../errors/api-error.ts'
import { splitIntoChunks } from './chunks.ts'
import type { Database } from './database.ts'
import { mapOutage } from './errors.ts'
import type { Tables } from './tables.ts'
import { WriteConflictError } from './transaction.ts'

/** What a client calls one write of its own: sent again under that name, it is not done again. */
export type IdempotentWrite = {
  /** The client's key, 1 to 255 visible characters. */
  readonly key: string
  /** Which write of the request; empty for one book's own key. */
  readonly part: string
  /** A hash of what is asked for. */
  readonly requestHash: string
  /** Where the key stands, when it is part of the input. */
  readonly argument?: string
}

const SWEPT_AT_ONCE = 1_000

/** @returns SHA-256 over the parts, in base64url */
export const hashJson = (values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('base64url')

/**
 * What the request wrote before at this place. Whatever it wrote elsewhere binds its key as well: a request that is
 * changed only in its aliases is another one.
 * @param now milliseconds since 1970; what was kept up to then is as if it were not there
 * @returns the books' ids; undefined: nothing yet
 * @throws Refusal `IDEMPOTENCY_MISMATCH` when the key was used for another request
 */
export async function findBookIdsByRequest(
  transaction: Transaction<Tables>,
  client: string,
  { key, part, requestHash }: IdempotentWrite,
  now: number,
): Promise<readonly number[] | undefined> {
  const rows = await transaction
    .selectFrom('idempotency')
    .select(['part', 'request_hash', 'book_ids', 'kept_until'])
    .where('client_id', '=', client)
    .where('key', '=', key)
    .where('part', '<>', '')
    .execute()
  const kept = rows.filter(({ kept_until }) => kept_until > now)
  if (kept.some(({ request_hash }) => request_hash !== requestHash)) throw idempotencyMismatch()
  const done = kept.find((row) => row.part === part)
  return done && idsIn(done.book_ids)
}

/** A batch may be empty. */
const idsIn = (text: string) => (text === '' ? [] : text.split(' ').map(Number))

/**
 * Which books were written under keys of their own before.
 * @param now milliseconds since 1970; what was kept up to then is as if it were not there
 * @returns the books' ids by key; a key that is new is not in it
 * @throws Refusal `IDEMPOTENCY_MISMATCH`, naming every key that was used for something else
 */
export async function findBookIdsByKeys(
  transaction: Transaction<Tables>,
  client: string,
  writes: readonly IdempotentWrite[],
  now: number,
): Promise<Map<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>()
  const hashes = new Map<string, string>()
  for (const chunk of splitIntoChunks(writes)) {
    const keys = chunk.map(({ key }) => key)
    const rows = await transaction
      .selectFrom('idempotency')
      .select(['key', 'request_hash', 'book_ids', 'kept_until'])
      .where('client_id', '=', client)
      .where('part', '=', '')
      .where('key', 'in', keys)
      .execute()
    for (const { key, request_hash, book_ids, kept_until } of rows)
      if (kept_until > now) {
        hashes.set(key, request_hash)
        found.set(key, idsIn(book_ids))
      }
  }
  refuseOthers(writes, hashes)
  return found
}

function refuseOthers(claims: readonly IdempotentWrite[], hashes: ReadonlyMap<string, string>): void {
  const others = claims.filter(({ key, requestHash }) => hashes.has(key) && hashes.get(key) !== requestHash)
  if (others.length > 0) throw idempotencyMismatch(describeKeyReuse(others))
}

export const describeKeyReuse = (writes: readonly IdempotentWrite[]): InputFault[] =>
  writes.flatMap(({ argument }) =>
    argument === undefined
      ? []
      : [{ argument, message: 'was used for another book. Use a new key for each book.' }],
  )

/** Two of them, four bytes a letter, beside a key: PostgreSQL's index takes no row beyond 2,704 bytes. */
const LONGEST_NAME = 256

/** @returns a name as an index of either database takes it: one that is longer is known by its hash */
export const toIndexKey = (name: string): string =>
  name.length <= LONGEST_NAME ? name : `hash ${hashJson([name])}`

type Done = IdempotentWrite & { readonly bookIds: readonly number[] }

/**
 * Remembers what is written under these keys, in the place of what they were used for before that time.
 * @param now milliseconds since 1970
 * @throws Raced when another transaction did so in between
 */
export async function saveIdempotencyRecords(
  transaction: Transaction<Tables>,
  client: string,
  records: readonly Done[],
  { now, keptUntil }: { readonly now: number; readonly keptUntil: number },
): Promise<void> {
  // In one order for everybody, and nowhere else: two that have keys in common wait for each other, and not both at once.
  const sorted = records.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  for (const chunk of splitIntoChunks(sorted)) {
    const rows = chunk.map(({ key, part, requestHash, bookIds }) => ({
      client_id: client,
      key,
      part,
      request_hash: requestHash,
      book_ids: bookIds.join(' '),
      kept_until: keptUntil,
    }))
    const insert = transaction.insertInto('idempotency').values(rows)
    const { numInsertedOrUpdatedRows } = await insert
      .onConflict((conflict) =>
        conflict
          .columns(['client_id', 'key', 'part'])
          .doUpdateSet(({ ref }) => ({
            request_hash: ref('excluded.request_hash'),
            book_ids: ref('excluded.book_ids'),
            kept_until: ref('excluded.kept_until'),
          }))
          .where('idempotency.kept_until', '<=', now),
      )
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== BigInt(rows.length)) throw new WriteConflictError()
  }
}

/**
 * Deletes what is no longer kept, some at a time so that nobody waits long.
 * @param now milliseconds since 1970
 */
export async function deleteExpiredIdempotencyRecords(database: Database, now: number): Promise<void> {
  const ended = database
    .selectFrom('idempotency')
    .select(['client_id', 'key', 'part'])
    .where('kept_until', '<=', now)
    .limit(SWEPT_AT_ONCE)
  const sweep = database
    .deleteFrom('idempotency')
    .where(({ eb, refTuple }) =>
      eb(refTuple('client_id', 'key', 'part'), 'in', ended.$asTuple('client_id', 'key', 'part')),
    )
  let swept: bigint
  do swept = (await mapOutage(sweep.executeTakeFirstOrThrow())).numDeletedRows
  while (swept > 0n)
}
