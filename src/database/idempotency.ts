import { hash } from 'node:crypto'
import { idempotencyMismatch } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import { MAX_BATCH_ROWS, splitIntoChunks, splitIntoPaddedChunks } from './chunks.ts'
import type { Database } from './database.ts'
import { mapOutage, WriteConflictError } from './errors.ts'
import type { Tables, WriteTransaction } from './tables.ts'
import type { WriteStatements } from './write-statements.ts'

/** A write that a client identifies by a key of its own, so that a repeated request does not repeat it. */
export type IdempotentWrite = {
  /** The client's key, 1 to 255 visible characters. */
  readonly key: string
  /** The write within the request; empty for a single book's own key. */
  readonly part: string
  readonly requestHash: string
}

/** A book with its own key. `argument` is the path of the key in the request. */
export type KeyedBook = { readonly key: string; readonly requestHash: string; readonly argument: string }

type IdempotencyRow = Readonly<Tables['idempotency']>

/** An index row of PostgreSQL has at most 2,704 bytes: two names of 4-byte characters and a key fit into it. */
const MAX_NAME_LENGTH = 256

/** Hashes values with SHA-256, in base64url. */
export const hashJson = (values: readonly unknown[]): string =>
  hash('sha256', JSON.stringify(values), 'base64url')

/** Returns a name as it is stored in an indexed column: a long one is replaced by its hash. */
export const toIndexKey = (name: string): string =>
  name.length <= MAX_NAME_LENGTH ? name : `hash ${hashJson([name])}`

/** The caller of a write. Its keys are its own: callers with another client or subject do not see them. */
export type KeyOwner = {
  /** The token's `cid`, if it has one. */
  readonly clientId: string | undefined
  readonly subject: string
}

/** Returns the owner as it is stored: in JSON, so that two owners never have the same text. */
export const toStoredOwner = ({ clientId, subject }: KeyOwner): string =>
  toIndexKey(JSON.stringify(clientId === undefined ? [subject] : [clientId, subject]))

/** Finds the owner's records of these keys that have not expired. */
export async function findIdempotencyRecords(
  transaction: WriteTransaction,
  statements: WriteStatements,
  owner: KeyOwner,
  keys: readonly string[],
  now: number,
): Promise<IdempotencyRow[]> {
  const storedOwner = toStoredOwner(owner)
  // Earlier versions stored the client, or the subject of a token without one.
  const earlierOwner = toIndexKey(owner.clientId ?? owner.subject)
  const records: IdempotencyRow[] = []
  for (const chunk of splitIntoPaddedChunks(keys)) {
    const query = statements.findRecords(chunk.length, [storedOwner, earlierOwner, ...chunk])
    const { rows } = await transaction.executeQuery(query)
    records.push(...rows.filter(({ kept_until }) => kept_until > now))
  }
  const earlier = records.filter(({ client_id }) => client_id !== storedOwner)
  if (earlier.length === 0) return records
  const ownIds = await findIdsAddedBy(transaction, owner.subject, earlier.flatMap(parseBookIds))
  return records.filter(
    (record) => record.client_id === storedOwner || parseBookIds(record).every((id) => ownIds.has(id)),
  )
}

async function findIdsAddedBy(transaction: WriteTransaction, subject: string, ids: readonly number[]) {
  const found = new Set<number>()
  for (const chunk of splitIntoChunks(ids)) {
    const query = transaction.selectFrom('books').select('id').where('id', 'in', chunk)
    for (const { id } of await query.where('added_by', '=', subject).execute()) found.add(id)
  }
  return found
}

/** Returns the ids of a record's books; none for an empty batch. */
const parseBookIds = ({ book_ids }: IdempotencyRow): readonly number[] =>
  book_ids === '' ? [] : book_ids.split(' ').map(Number)

/**
 * Returns the ids of the books that a write of this request added before, or undefined. The key is bound to the hash of the
 * whole request, even if only another write of it has a record: a request that differs in its aliases alone is a different
 * one.
 * @throws ApiError `IDEMPOTENCY_MISMATCH` if the key was used for another request
 */
export function readBookIdsOfWrite(
  records: readonly IdempotencyRow[],
  { key, part, requestHash }: IdempotentWrite,
): readonly number[] | undefined {
  const requestRecords = records.filter((record) => record.key === key && record.part !== '')
  if (requestRecords.some(({ request_hash }) => request_hash !== requestHash)) throw idempotencyMismatch()
  const record = requestRecords.find((one) => one.part === part)
  return record && parseBookIds(record)
}

/**
 * Returns the ids of the books that were added under their own keys before, by key.
 * @throws ApiError `IDEMPOTENCY_MISMATCH` for all keys that were used for other books, before or in this list
 */
export function readBookIdsByKey(records: readonly IdempotencyRow[], books: readonly KeyedBook[]) {
  const bookRecords = records.filter(({ part }) => part === '')
  const hashesByKey = new Map(bookRecords.map(({ key, request_hash }) => [key, request_hash]))
  const issues: InputIssue[] = []
  for (const { key, requestHash, argument } of books) {
    const firstHash = hashesByKey.get(key) ?? requestHash
    hashesByKey.set(key, firstHash)
    if (firstHash !== requestHash)
      issues.push({ argument, message: 'was used for another book. Use a new key for each book.' })
  }
  if (issues.length > 0) throw idempotencyMismatch(issues)
  return new Map(bookRecords.map(({ key, book_ids }) => [key, Number(book_ids)]))
}

/** A record to save: a write of an owner, with the ids of its books. */
export type NewRecord = IdempotentWrite & {
  readonly storedOwner: string
  readonly bookIds: readonly number[]
  readonly keptUntil: number
}

/**
 * Saves idempotency records. Expired records of the same keys are replaced.
 * @throws WriteConflictError when a concurrent transaction saved one of the keys
 */
export async function saveIdempotencyRecords(
  transaction: WriteTransaction,
  statements: WriteStatements,
  records: readonly NewRecord[],
  now: number,
): Promise<void> {
  // Always in the same order: two transactions with common keys then wait for each other but never deadlock.
  const sorted = records.toSorted((a, b) => compare(a.key, b.key) || compare(a.storedOwner, b.storedOwner))
  for (const chunk of splitIntoChunks(sorted)) {
    const values = chunk.flatMap(({ storedOwner, key, part, requestHash, bookIds, keptUntil }) => [
      storedOwner,
      key,
      part,
      requestHash,
      bookIds.join(' '),
      keptUntil,
    ])
    const query = statements.saveRecords(chunk.length, [...values, now])
    const { numAffectedRows } = await transaction.executeQuery(query)
    if (numAffectedRows !== BigInt(chunk.length)) throw new WriteConflictError()
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b))

/** Deletes some of the expired records. Resolves to false when it deleted none: another copy may be deleting them. */
export async function deleteExpiredIdempotencyBatch(database: Database, now: number): Promise<boolean> {
  const { writes } = database.shares
  const expired = writes
    .selectFrom('idempotency')
    .select(['client_id', 'key', 'part'])
    .where('kept_until', '<=', now)
    .limit(MAX_BATCH_ROWS)
  // The end is tested again: PostgreSQL may have waited for a transaction that replaces a record.
  const sweep = writes
    .deleteFrom('idempotency')
    .where('kept_until', '<=', now)
    .where(({ eb, refTuple }) =>
      eb(refTuple('client_id', 'key', 'part'), 'in', expired.$asTuple('client_id', 'key', 'part')),
    )
  return (await mapOutage(sweep.executeTakeFirstOrThrow())).numDeletedRows > 0n
}
