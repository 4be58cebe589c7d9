import { alreadyExists } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import {
  type AddBooksOptions,
  type BookWrite,
  type IndexedBook,
  identityOf,
  listKeys,
  type NewBook,
  ownerOf,
  toKeyedBook,
} from './book-write.ts'
import { splitIntoPaddedChunks } from './chunks.ts'
import type { DialectSql } from './dialect.ts'
import { WriteConflictError } from './errors.ts'
import { type NewRecord, saveIdempotencyRecords, toStoredOwner } from './idempotency.ts'
import type { StoredBook, WriteTransaction } from './tables.ts'
import type { WriteStatements } from './write-statements.ts'

/** A transaction of writes, with the SQL of its database. */
export type WriteContext = {
  readonly transaction: WriteTransaction
  readonly statements: WriteStatements
  readonly dialectSql: DialectSql
  /** True if the transaction has the lock of `DialectSql.lockIdAllocation`. */
  readonly isIdAllocationLocked: boolean
}

/** A write to store. */
export type NewWrite = BookWrite & {
  /** Its books that are not stored yet, each once. */
  readonly newBooks: readonly IndexedBook[]
  /** The ids of its books that an earlier write added, by their keys. */
  readonly knownIds: ReadonlyMap<string, number>
}

type IdentifiedBook = { readonly book: IndexedBook; readonly options: AddBooksOptions; readonly id: number }

/**
 * Saves the idempotency records and inserts the new books of writes.
 * @returns each new book as stored
 * @throws ApiError `ALREADY_EXISTS` for all ids that are taken, or WriteConflictError
 */
export async function storeNewWrites(context: WriteContext, writes: readonly NewWrite[]) {
  const newBooks = await assignIds(context, writes)
  const ids = new Map(newBooks.map(({ book, id }) => [book, id]))
  // Records before books: a concurrent transaction that waits for the same keys then finds the records, rather than
  // failing because the ids are taken.
  const records = writes.flatMap((write) => createRecords(write, ids))
  if (records.length > 0) {
    const now = Math.max(...writes.map(({ options }) => options.addedAt.getTime()))
    await saveIdempotencyRecords(context.transaction, context.statements, records, now)
  }
  return insertBooks(context, newBooks)
}

type BookIds = ReadonlyMap<NewBook, number>

function createRecords(write: NewWrite, ids: BookIds): NewRecord[] {
  const { newBooks, options } = write
  const { idempotentWrite, addedAt, idempotencyTtlMs } = options
  if (listKeys(write).length === 0) return []
  const common = {
    storedOwner: toStoredOwner(ownerOf(options)),
    keptUntil: addedAt.getTime() + idempotencyTtlMs,
  }
  const records = newBooks.flatMap((book) => {
    const keyed = toKeyedBook(book)
    return keyed ? [{ ...keyed, ...common, part: '', bookIds: [ids.get(book) as number] }] : []
  })
  if (!idempotentWrite) return records
  return [...records, { ...idempotentWrite, ...common, bookIds: listBookIds(write, ids) }]
}

/** Returns the ids of the books of a write, in its order. `ids` are those of its new books. */
export function listBookIds({ books, newBooks, knownIds }: NewWrite, ids: BookIds): number[] {
  const idsByIdentity = new Map<NewBook | string, number>(knownIds)
  for (const book of newBooks) idsByIdentity.set(identityOf(book), ids.get(book) as number)
  return books.map((book) => idsByIdentity.get(identityOf(book)) as number)
}

async function assignIds(context: WriteContext, writes: readonly NewWrite[]): Promise<IdentifiedBook[]> {
  const books = writes.flatMap(({ newBooks, options }) => newBooks.map((book) => ({ book, options })))
  const chosenIds = new Set(books.flatMap(({ book }) => book.id ?? []))
  const missing = books.filter(({ book }) => book.id === undefined).length
  if (missing > 0 && !context.isIdAllocationLocked)
    await context.dialectSql.lockIdAllocation(context.transaction)
  const last = missing > 0 ? await findLastUsedId(context, missing, chosenIds) : 0
  const freeIds = unusedIdsAfter(last, chosenIds)
  return books.map(({ book, options }) => ({ book, options, id: book.id ?? freeIds.next().value }))
}

function* unusedIdsAfter(last: number, chosenIds: ReadonlySet<number>): Generator<number, never> {
  for (let id = last + 1; ; id += 1) if (!chosenIds.has(id)) yield id
}

/**
 * Finds the last id, stored or chosen in these writes, with enough unused ones after it. It need not be the largest one: a
 * client may have taken the last id of all.
 */
async function findLastUsedId(
  { transaction, statements }: WriteContext,
  count: number,
  chosenIds: ReadonlySet<number>,
) {
  const needed = count + chosenIds.size
  const { rows } = await transaction.executeQuery(statements.findLastUsedId(needed))
  // Without such a book, the ids before the first one are unused.
  const { id: last, gap_end: gapEnd } = rows[0] ?? { id: 0, gap_end: needed }
  return Math.max(last, ...[...chosenIds].filter((id) => id > last && id + needed <= gapEnd))
}

/**
 * Inserts books.
 * @returns each book as stored
 * @throws ApiError `ALREADY_EXISTS` for all ids that are taken, or WriteConflictError if an id that was free is taken
 */
async function insertBooks({ transaction, statements }: WriteContext, newBooks: readonly IdentifiedBook[]) {
  const sorted = newBooks.toSorted((a, b) => a.id - b.id)
  const stored = new Map<NewBook, StoredBook>(sorted.map((one) => [one.book, toStoredBook(one)]))
  const rows = sorted.map(({ book }) => toRow(stored.get(book) as StoredBook, book))
  const insertedIds = new Set<number>()
  // The padding repeats a row, which is not inserted again: its id is taken.
  for (const chunk of splitIntoPaddedChunks(rows)) {
    const query = statements.insertBooks(chunk.length, chunk.flat())
    for (const { id } of (await transaction.executeQuery(query)).rows) insertedIds.add(id)
  }
  // `delete` and not `has`: of two books with the same id one was inserted.
  const taken = sorted.filter(({ id }) => !insertedIds.delete(id))
  if (taken.some(({ book }) => book.id === undefined)) throw new WriteConflictError()
  if (taken.length > 0) throw alreadyExists(taken.map(describeTakenId))
  return stored
}

const toStoredBook = ({ book, id, options }: IdentifiedBook): StoredBook => ({
  id,
  title: book.title,
  author: book.author,
  cents: book.cents,
  numPages: book.numPages,
  addedBy: options.addedBy,
  addedAt: options.addedAt.toISOString(),
})

/** Returns the values of a row, in the order of `WriteStatements.insertBooks`. */
const toRow = (book: StoredBook, { words, authorWords }: IndexedBook) => [
  book.id,
  book.title,
  book.author,
  book.cents,
  book.numPages,
  book.addedBy,
  book.addedAt,
  words,
  authorWords,
]

const describeTakenId = ({ book, id }: IdentifiedBook): InputIssue => ({
  argument: `${book.argument}.id`,
  message: `The id ${id} is taken. Leave it out to get the next free one.`,
})

/** Returns the books with these ids, in no order. */
export async function findBooks({ transaction, statements }: WriteContext, ids: readonly number[]) {
  const books: StoredBook[] = []
  for (const chunk of splitIntoPaddedChunks(ids))
    books.push(...(await transaction.executeQuery(statements.findBooks(chunk.length, chunk))).rows)
  return books
}
