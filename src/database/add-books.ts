import { sql } from 'kysely'
import { alreadyExists, idempotencyInFlight } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import { splitIntoChunks } from './chunks.ts'
import type { DialectSql } from './dialect.ts'
import { WriteConflictError } from './errors.ts'
import {
  findIdempotencyRecords,
  hashJson,
  type IdempotentWrite,
  type KeyedBook,
  readBookIdsByKey,
  readBookIdsOfWrite,
  saveIdempotencyRecords,
  toStoredOwner,
} from './idempotency.ts'
import { joinWords } from './search-words.ts'
import { BOOK_COLUMNS, type StoredBook, type WriteTransaction } from './tables.ts'

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
  /** The token's `cid`, if it has one. */
  readonly clientId: string | undefined
  /** The token's subject. */
  readonly addedBy: string
  readonly addedAt: Date
  /** The lifetime of idempotency records. */
  readonly idempotencyTtlMs: number
  /** The key of the whole write, if it has one. */
  readonly idempotentWrite: IdempotentWrite | undefined
}

type IdentifiedBook = { readonly book: NewBook; readonly id: number }

/**
 * Adds books in one transaction. Books that were added under their idempotency keys before are returned as they are.
 * @returns a book for each, in the same order
 * @throws ApiError as `BookRepository.add` does, or WriteConflictError
 */
export async function addBooks(
  transaction: WriteTransaction,
  dialectSql: DialectSql,
  books: readonly NewBook[],
  options: AddBooksOptions,
): Promise<StoredBook[]> {
  const { idempotentWrite, addedAt, idempotencyTtlMs } = options
  const owner = { clientId: options.clientId, subject: options.addedBy }
  const now = addedAt.getTime()
  if (idempotentWrite) {
    const lockName = JSON.stringify([toStoredOwner(owner), idempotentWrite.key])
    if (!(await dialectSql.tryAdvisoryLock(transaction, lockName))) throw idempotencyInFlight()
  }
  const keyedBooks = new Map(books.flatMap((book) => describeKey(book)))
  const keys = [...keyedBooks.values(), ...(idempotentWrite ? [idempotentWrite] : [])].map(({ key }) => key)
  const knownRecords = await findIdempotencyRecords(transaction, owner, keys, now)
  const knownIds = idempotentWrite && readBookIdsOfWrite(knownRecords, idempotentWrite)
  if (knownIds) return loadBooks(transaction, knownIds, [])

  // Books with the same key are one book: added by an earlier request, or earlier in this one.
  const ids = new Map<NewBook | string, number>(readBookIdsByKey(knownRecords, [...keyedBooks.values()]))
  const seen = new Set(ids.keys())
  const unknownBooks = books.filter((book) => !seen.has(identityOf(book)) && seen.add(identityOf(book)))
  const newBooks = await assignIds(transaction, dialectSql, unknownBooks)
  for (const { book, id } of newBooks) ids.set(identityOf(book), id)
  const bookIds = books.map((book) => ids.get(identityOf(book)) as number)

  // Records before books: a concurrent transaction that waits for the same keys then finds the records, rather than
  // failing because the ids are taken.
  const bookRecords = newBooks.flatMap(({ book, id }) => {
    const keyed = keyedBooks.get(book)
    return keyed ? [{ ...keyed, part: '', bookIds: [id] }] : []
  })
  const records = idempotentWrite ? [...bookRecords, { ...idempotentWrite, bookIds }] : bookRecords
  await saveIdempotencyRecords(transaction, owner, records, now, now + idempotencyTtlMs)
  return loadBooks(transaction, bookIds, await insertBooks(transaction, newBooks, options))
}

const identityOf = (book: NewBook) => book.idempotencyKey ?? book

/** Returns a book with its key, if it has one. */
function describeKey(book: NewBook): [NewBook, KeyedBook][] {
  const { idempotencyKey, argument, id, title, author, cents, numPages } = book
  if (idempotencyKey === undefined) return []
  const requestHash = hashJson([id, title, author, cents, numPages])
  return [[book, { key: idempotencyKey, requestHash, argument: `${argument}.idempotencyKey` }]]
}

async function assignIds(transaction: WriteTransaction, dialectSql: DialectSql, books: readonly NewBook[]) {
  const chosenIds = new Set(books.flatMap(({ id }) => id ?? []))
  const missing = books.filter(({ id }) => id === undefined).length
  if (missing > 0) await dialectSql.lockIdAllocation(transaction)
  const last = missing > 0 ? await findLastUsedId(transaction, missing, chosenIds) : 0
  const freeIds = unusedIdsAfter(last, chosenIds)
  return books.map((book) => ({ book, id: book.id ?? freeIds.next().value }))
}

function* unusedIdsAfter(last: number, chosenIds: ReadonlySet<number>): Generator<number, never> {
  for (let id = last + 1; ; id += 1) if (!chosenIds.has(id)) yield id
}

/**
 * Finds the last id, stored or chosen in this request, that enough unused ones follow. It need not be the largest one: a
 * client may have taken the last id of all.
 */
async function findLastUsedId(transaction: WriteTransaction, count: number, chosenIds: ReadonlySet<number>) {
  const needed = count + chosenIds.size
  const { rows } = await sql<{ id: number; gap_end: number }>`
    select id, gap_end from (
      select id, coalesce((select min(id) - 1 from books as later where later.id > books.id),
        ${sql.lit(Number.MAX_SAFE_INTEGER)}) as gap_end
      from books
    ) as gaps where gap_end - id >= ${needed} order by id desc limit 1`.execute(transaction)
  // Without such a book, the ids before the first one are unused.
  const { id: last, gap_end: gapEnd } = rows[0] ?? { id: 0, gap_end: needed }
  return Math.max(last, ...[...chosenIds].filter((id) => id > last && id + needed <= gapEnd))
}

/**
 * Inserts books and returns them as stored.
 * @throws ApiError `ALREADY_EXISTS` for all ids that are taken, or WriteConflictError if an id that was free is taken
 */
async function insertBooks(
  transaction: WriteTransaction,
  newBooks: readonly IdentifiedBook[],
  { addedBy, addedAt }: AddBooksOptions,
): Promise<StoredBook[]> {
  const sorted = newBooks.toSorted((a, b) => a.id - b.id)
  const rows = sorted.map(({ book, id }) => ({
    id,
    title: book.title,
    author: book.author,
    cents: book.cents,
    num_pages: book.numPages,
    added_by: addedBy,
    added_at: addedAt.toISOString(),
  }))
  const insertedIds = new Set<number>()
  for (const chunk of splitIntoChunks(rows)) {
    const insert = transaction
      .insertInto('books')
      .values(
        chunk.map((row) => ({ ...row, words: joinWords(row.title), author_words: joinWords(row.author) })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
    for (const { id } of await insert.execute()) insertedIds.add(id)
  }
  // `delete` and not `has`: an id that the request contains twice was inserted once.
  const taken = sorted.filter(({ id }) => !insertedIds.delete(id))
  if (taken.some(({ book }) => book.id === undefined)) throw new WriteConflictError()
  if (taken.length > 0) throw alreadyExists(taken.map(describeTakenId))
  return rows
}

const describeTakenId = ({ book, id }: IdentifiedBook): InputIssue => ({
  argument: `${book.argument}.id`,
  message: `The id ${id} is taken. Leave it out to get the next free one.`,
})

/** @param inserted books that need not be fetched */
async function loadBooks(
  transaction: WriteTransaction,
  ids: readonly number[],
  inserted: readonly StoredBook[],
): Promise<StoredBook[]> {
  const booksById = new Map(inserted.map((book) => [book.id, book]))
  for (const chunk of splitIntoChunks([...new Set(ids)].filter((id) => !booksById.has(id)))) {
    const query = transaction.selectFrom('books').select(BOOK_COLUMNS).where('id', 'in', chunk)
    for (const book of await query.execute()) booksById.set(book.id, book)
  }
  return ids.map((id) => {
    const book = booksById.get(id)
    if (!book) throw new Error(`book ${id} of an idempotency record no longer exists`)
    return book
  })
}
