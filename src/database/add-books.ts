import type { Transaction } from 'kysely'
import { alreadyExists, idempotencyInFlight, idempotencyMismatch } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import { splitIntoChunks } from './chunks.ts'
import type { DialectSql } from './dialect.ts'
import { WriteConflictError } from './errors.ts'
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
import { BOOK_COLUMNS, type StoredBook, type Tables } from './tables.ts'
import { tokenizeTitle } from './title-words.ts'

/** A validated book to add. */
export type NewBook = {
  /** Its path in the request, for error messages. */
  readonly argument: string
  /** Undefined: the next free id. */
  readonly id: number | undefined
  readonly title: string
  readonly author: string
  readonly cents: number
  readonly numPages: number
  /** The client's own key for this book. */
  readonly idempotencyKey?: string | undefined
}

export type AddBooksOptions = {
  /** The token's client. */
  readonly clientId: string
  /** The token's subject. */
  readonly addedBy: string
  readonly addedAt: Date
  /** The lifetime of idempotency records. */
  readonly idempotencyTtlMs: number
  /** The key of the whole write, if it has one. */
  readonly idempotentWrite: IdempotentWrite | undefined
}

/** A book with its id. */
type IdentifiedBook = NewBook & { readonly id: number; readonly isIdChosenByClient: boolean }

/**
 * Adds books in one transaction. Books that were added under their idempotency keys before are returned as they are.
 * @returns a book for each, in the same order
 * @throws ApiError as `BookRepository.add` does, or WriteConflictError
 */
export async function addBooks(
  transaction: Transaction<Tables>,
  dialectSql: DialectSql,
  books: readonly NewBook[],
  options: AddBooksOptions,
): Promise<StoredBook[]> {
  const { idempotentWrite, addedAt, idempotencyTtlMs } = options
  const client = toIndexKey(options.clientId)
  const now = addedAt.getTime()
  if (idempotentWrite) {
    if (!(await dialectSql.tryAdvisoryLock(transaction, JSON.stringify([client, idempotentWrite.key]))))
      throw idempotencyInFlight()
    const knownIds = await findBookIdsByRequest(transaction, client, idempotentWrite, now)
    if (knownIds) return loadBooks(transaction, knownIds, [])
  }
  const writesByKey = collectKeyedWrites(books)
  const knownIdsByKey = await findBookIdsByKeys(transaction, client, [...writesByKey.values()], now)
  const newBooks = await assignIds(transaction, dialectSql, removeKnown(books, knownIdsByKey))
  const ids = collectIds(books, newBooks, knownIdsByKey)
  // Records before books: a concurrent transaction that waits for the same keys then finds the records, rather than
  // failing because the ids are taken.
  const records = newBooks.flatMap(({ idempotencyKey, id }) => {
    const write = idempotencyKey === undefined ? undefined : writesByKey.get(idempotencyKey)
    return write ? [{ ...write, bookIds: [id] }] : []
  })
  const times = { now, keptUntil: now + idempotencyTtlMs }
  await saveIdempotencyRecords(transaction, client, records, times)
  if (idempotentWrite)
    await saveIdempotencyRecords(transaction, client, [{ ...idempotentWrite, bookIds: ids }], times)
  return loadBooks(transaction, ids, await insertBooks(transaction, newBooks, options))
}

/** @throws ApiError `IDEMPOTENCY_MISMATCH` when two different books have the same key */
function collectKeyedWrites(books: readonly NewBook[]): Map<string, IdempotentWrite> {
  const writesByKey = new Map<string, IdempotentWrite>()
  const mismatches: IdempotentWrite[] = []
  for (const { idempotencyKey, argument, id, title, author, cents, numPages } of books) {
    if (idempotencyKey === undefined) continue
    const requestHash = hashJson([id, title, author, cents, numPages])
    const write = { key: idempotencyKey, part: '', requestHash, argument: `${argument}.idempotencyKey` }
    const first = writesByKey.get(idempotencyKey)
    if (!first) writesByKey.set(idempotencyKey, write)
    else if (first.requestHash !== requestHash) mismatches.push(write)
  }
  if (mismatches.length > 0) throw idempotencyMismatch(describeKeyReuse(mismatches))
  return writesByKey
}

/** Removes books whose key was used before, in an earlier request or earlier in this one. */
function removeKnown(books: readonly NewBook[], knownIdsByKey: ReadonlyMap<string, unknown>): NewBook[] {
  const seen = new Set(knownIdsByKey.keys())
  return books.filter(
    ({ idempotencyKey }) =>
      idempotencyKey === undefined || (!seen.has(idempotencyKey) && seen.add(idempotencyKey)),
  )
}

async function assignIds(
  transaction: Transaction<Tables>,
  dialectSql: DialectSql,
  books: readonly NewBook[],
): Promise<IdentifiedBook[]> {
  const chosenIds = new Set(books.flatMap(({ id }) => id ?? []))
  const missing = books.filter(({ id }) => id === undefined).length
  if (missing > 0) await dialectSql.lockIdAllocation(transaction)
  const freeIds = (await findFreeIds(transaction, missing, chosenIds)).values()
  return books.map((book) => {
    const id = book.id ?? freeIds.next().value
    if (id === undefined) throw new Error('there are fewer free ids than books')
    return { ...book, id, isIdChosenByClient: book.id !== undefined }
  })
}

/** Returns the id of each requested book, known or new. */
function collectIds(
  books: readonly NewBook[],
  newBooks: readonly IdentifiedBook[],
  knownIdsByKey: ReadonlyMap<string, readonly number[]>,
): number[] {
  const idByKey = new Map([...knownIdsByKey].flatMap(([key, ids]) => ids.map((id) => [key, id] as const)))
  const remaining = newBooks.values()
  return books.map(({ idempotencyKey }) => {
    const known = idempotencyKey === undefined ? undefined : idByKey.get(idempotencyKey)
    if (known !== undefined) return known
    const { id } = remaining.next().value as IdentifiedBook
    if (idempotencyKey !== undefined) idByKey.set(idempotencyKey, id)
    return id
  })
}

/**
 * Inserts books and returns them as stored.
 * @throws ApiError `ALREADY_EXISTS` for all ids that are taken, or WriteConflictError if an id that was free is taken
 */
async function insertBooks(
  transaction: Transaction<Tables>,
  books: readonly IdentifiedBook[],
  { addedBy, addedAt }: AddBooksOptions,
): Promise<StoredBook[]> {
  const taken: IdentifiedBook[] = []
  const stored: StoredBook[] = []
  for (const chunk of splitIntoChunks(books.toSorted((a, b) => a.id - b.id))) {
    const rows = chunk.map(
      ({ id, title, author, cents, numPages }): StoredBook => ({
        id,
        title,
        author,
        cents,
        num_pages: numPages,
        added_by: addedBy,
        added_at: addedAt.toISOString(),
      }),
    )
    const insert = transaction
      .insertInto('books')
      .values(rows.map((row) => ({ ...row, words: tokenizeTitle(row.title).join(' ') })))
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
    const insertedIds = new Set((await insert.execute()).map(({ id }) => id))
    // `delete` and not `has`: an id that the request contains twice was inserted once.
    for (const [index, book] of chunk.entries())
      if (insertedIds.delete(book.id)) stored.push(rows[index] as StoredBook)
      else taken.push(book)
  }
  if (taken.some(({ isIdChosenByClient }) => !isIdChosenByClient)) throw new WriteConflictError()
  if (taken.length > 0) throw alreadyExists(taken.map(describeTakenId))
  return stored
}

const describeTakenId = ({ argument, id }: IdentifiedBook): InputIssue => ({
  argument: `${argument}.id`,
  message: `The id ${id} is taken. Leave it out to get the next free one.`,
})

/** @param inserted books that need not be fetched */
async function loadBooks(
  transaction: Transaction<Tables>,
  ids: readonly number[],
  inserted: readonly StoredBook[],
): Promise<StoredBook[]> {
  const booksById = new Map(inserted.map((book) => [book.id, book]))
  for (const chunk of splitIntoChunks([...new Set(ids)].filter((id) => !booksById.has(id)))) {
    const rows = await transaction
      .selectFrom('books')
      .select(BOOK_COLUMNS)
      .where('id', 'in', [...chunk])
      .execute()
    for (const book of rows) booksById.set(book.id, book)
  }
  return ids.map((id) => {
    const book = booksById.get(id)
    if (!book) throw new Error(`book ${id} of an idempotency record no longer exists`)
    return book
  })
}
