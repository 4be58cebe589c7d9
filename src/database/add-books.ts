import type { Transaction } from 'kysely'
import { alreadyExists, idempotencyInFlight, idempotencyMismatch } from '../errors/api-error.ts'
import { splitIntoChunks } from './chunks.ts'
import type { DialectSql } from './dialect.ts'
import { findFreeIds } from './free-ids.ts'
import {
  describeKeyReuse,
  findBookIdsByKeys,
  findBookIdsByRequest,
  hashJson,
  type IdempotentWrite,
  saveIdempotencyRecords,
  toIndexKey,
} from './idempotency.ts'
import { BOOK_COLUMNS, type StoredBook } from './stored-book.ts'
import type { Tables } from './tables.ts'
import { tokenizeTitle } from './title-words.ts'
import { WriteConflictError } from './transaction.ts'

/** A book to be kept, already checked; `argument` is where it stands in the request, for the answer. */
export type NewBook = {
  readonly argument: string
  readonly id: number | undefined
  readonly title: string
  readonly author: string
  readonly cents: number
  readonly numPages: number
  /** The client's own key for it. */
  readonly idempotencyKey?: string | undefined
}

/** Who writes, when, and under which key. */
export type AddBooksOptions = {
  /** The token's client and subject. */
  readonly clientId: string
  readonly addedBy: string
  readonly addedAt: Date
  /** How long keys are remembered. */
  readonly idempotencyTtlMs: number
  /** For the whole write; undefined: it has none. */
  readonly idempotentWrite: IdempotentWrite | undefined
}

/** With its id; chosen: the client said which. */
type Placed = NewBook & { readonly id: number; readonly chosen: boolean }

/**
 * Adds books in one transaction, but those that were added under their keys before: these are given back as they are.
 * @returns a book for each, in their order
 * @throws Refusal as `Books.add` does, Raced when another transaction was in the way
 */
export async function addBooks(
  transaction: Transaction<Tables>,
  dialectSql: DialectSql,
  books: readonly NewBook[],
  options: AddBooksOptions,
): Promise<StoredBook[]> {
  const { idempotentWrite, addedAt, idempotencyTtlMs } = options
  const client = toIndexKey(options.clientId)
  if (idempotentWrite) {
    if (!(await dialectSql.tryAdvisoryLock(transaction, JSON.stringify([client, idempotentWrite.key]))))
      throw idempotencyInFlight()
    const before = await findBookIdsByRequest(transaction, client, idempotentWrite, addedAt.getTime())
    if (before) return booksWith(transaction, before, [])
  }
  const claims = claimsOf(books)
  const known = await findBookIdsByKeys(transaction, client, [...claims.values()], addedAt.getTime())
  const placed = await place(transaction, dialectSql, firstTime(books, known))
  const ids = idsOf(books, placed, known)
  // The keys before the books: whoever waits here for the same keys finds them done, and not the ids taken.
  const done = placed.flatMap(({ idempotencyKey, id }) => {
    const one = idempotencyKey === undefined ? undefined : claims.get(idempotencyKey)
    return one ? [{ ...one, bookIds: [id] }] : []
  })
  const times = { now: addedAt.getTime(), keptUntil: addedAt.getTime() + idempotencyTtlMs }
  await saveIdempotencyRecords(transaction, client, done, times)
  if (idempotentWrite)
    await saveIdempotencyRecords(transaction, client, [{ ...idempotentWrite, bookIds: ids }], times)
  return booksWith(transaction, ids, await insert(transaction, placed, options))
}

/** @throws Refusal `IDEMPOTENCY_MISMATCH` when one key is on two books that differ */
function claimsOf(books: readonly NewBook[]): Map<string, IdempotentWrite> {
  const claims = new Map<string, IdempotentWrite>()
  const others: IdempotentWrite[] = []
  for (const { idempotencyKey, argument, id, title, author, cents, numPages } of books) {
    if (idempotencyKey === undefined) continue
    const requestHash = hashJson([id, title, author, cents, numPages])
    const claim = { key: idempotencyKey, part: '', requestHash, argument: `${argument}.idempotencyKey` }
    const first = claims.get(idempotencyKey)
    if (!first) claims.set(idempotencyKey, claim)
    else if (first.requestHash !== requestHash) others.push(claim)
  }
  if (others.length > 0) throw idempotencyMismatch(describeKeyReuse(others))
  return claims
}

/** Without those that were added before, or stand further up under the same key. */
function firstTime(books: readonly NewBook[], known: ReadonlyMap<string, unknown>): NewBook[] {
  const seen = new Set(known.keys())
  return books.filter(
    ({ idempotencyKey }) =>
      idempotencyKey === undefined || (!seen.has(idempotencyKey) && seen.add(idempotencyKey)),
  )
}

async function place(
  transaction: Transaction<Tables>,
  own: DialectSql,
  books: readonly NewBook[],
): Promise<Placed[]> {
  const without = books.filter(({ id }) => id === undefined).length
  const chosen = new Set(books.flatMap(({ id }) => id ?? []))
  if (without > 0) await own.lockIdAllocation(transaction)
  const free = (await findFreeIds(transaction, without, chosen)).values()
  return books.map((book) => {
    const id = book.id ?? free.next().value
    if (id === undefined) throw new Error('there were fewer ids than books')
    return { ...book, id, chosen: book.id !== undefined }
  })
}

function idsOf(
  books: readonly NewBook[],
  placed: readonly Placed[],
  known: ReadonlyMap<string, readonly number[]>,
): number[] {
  const byKey = new Map([...known].flatMap(([key, ids]) => ids.map((id) => [key, id] as const)))
  const fresh = placed.values()
  return books.map(({ idempotencyKey }) => {
    const before = idempotencyKey === undefined ? undefined : byKey.get(idempotencyKey)
    if (before !== undefined) return before
    const { id } = fresh.next().value as Placed
    if (idempotencyKey !== undefined) byKey.set(idempotencyKey, id)
    return id
  })
}

/**
 * @returns the books as they are kept
 * @throws Refusal `ALREADY_EXISTS` naming every id that is taken, Raced when that is one which nobody had asked for
 */
async function insert(
  transaction: Transaction<Tables>,
  books: readonly Placed[],
  { addedBy, addedAt }: AddBooksOptions,
): Promise<StoredBook[]> {
  const added = { added_by: addedBy, added_at: addedAt.toISOString() }
  const taken: Placed[] = []
  const kept: StoredBook[] = []
  for (const chunk of splitIntoChunks(books.toSorted((a, b) => a.id - b.id))) {
    const rows = chunk.map(({ id, title, author, cents, numPages }) => ({
      ...{ id, title, author, cents, num_pages: numPages },
      ...added,
    }))
    const insert = transaction
      .insertInto('books')
      .values(rows.map((row) => ({ ...row, words: tokenizeTitle(row.title).join(' ') })))
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
    const inserted = new Set((await insert.execute()).map(({ id }) => id))
    // An id that is there twice is inserted once.
    for (const [index, book] of chunk.entries())
      if (!inserted.delete(book.id)) taken.push(book)
      else kept.push(rows[index] as StoredBook)
  }
  if (taken.some(({ chosen }) => !chosen)) throw new WriteConflictError()
  if (taken.length > 0) throw alreadyExists(takenFaults(taken))
  return kept
}

const takenFaults = (taken: readonly Placed[]) =>
  taken.map(({ argument, id }) => ({
    argument: `${argument}.id`,
    message: `The id ${id} is taken. Leave it out to get the next free one.`,
  }))

/** @param fresh the books that are known already; the others are fetched */
async function booksWith(
  transaction: Transaction<Tables>,
  ids: readonly number[],
  fresh: readonly StoredBook[],
): Promise<StoredBook[]> {
  const byId = new Map(fresh.map((book) => [book.id, book]))
  for (const chunk of splitIntoChunks([...new Set(ids)].filter((id) => !byId.has(id)))) {
    const rows = await transaction
      .selectFrom('books')
      .select(BOOK_COLUMNS)
      .where('id', 'in', [...chunk])
      .execute()
    for (const book of rows) byId.set(book.id, book)
  }
  return ids.map((id) => {
    const book = byId.get(id)
    if (!book) throw new Error(`book ${id} was added under this key, and is there no longer`)
    return book
  })
}
