import { alreadyExists } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import { splitIntoPaddedChunks } from './chunks.ts'
import type { DialectSql } from './dialect.ts'
import { WriteConflictError } from './errors.ts'
import {
  hashJson,
  type IdempotentWrite,
  type KeyedBook,
  type KeyOwner,
  type NewRecord,
  saveIdempotencyRecords,
  toStoredOwner,
} from './idempotency.ts'
import type { StoredBook, WriteTransaction } from './tables.ts'
import type { WriteStatements } from './write-statements.ts'

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

/** A book with its words for the search. */
type IndexedBook = NewBook & { readonly words: string; readonly authorWords: string }

/** One call of `BookRepository.add`. */
export type BookWrite = { readonly books: readonly IndexedBook[]; readonly options: AddBooksOptions }

/** A transaction of writes, with the SQL of its database. */
export type WriteContext = {
  readonly transaction: WriteTransaction
  readonly statements: WriteStatements
  readonly dialectSql: DialectSql
  /** True if the transaction has the lock of `DialectSql.lockIdAllocation`. */
  readonly isIdAllocationLocked: boolean
}

/** A write, without the books that it added before. */
export type NewWrite = BookWrite & {
  readonly newBooks: readonly IndexedBook[]
  /** The ids of books that it added before, by their keys. */
  readonly knownIds: ReadonlyMap<string, number>
}

type IdentifiedBook = { readonly book: IndexedBook; readonly options: AddBooksOptions; readonly id: number }

/** Returns the owner of the keys of a write. */
export const ownerOf = ({ clientId, addedBy }: AddBooksOptions): KeyOwner => ({ clientId, subject: addedBy })

/** Returns the idempotency keys of a write: those of its books, and its own. */
export function listKeys({ books, options: { idempotentWrite } }: BookWrite): string[] {
  const keys = books.flatMap(({ idempotencyKey }) => idempotencyKey ?? [])
  return idempotentWrite ? [...keys, idempotentWrite.key] : keys
}

/** Returns what is the same for books that are one book. */
export const identityOf = (book: NewBook) => book.idempotencyKey ?? book

/** Describes the key of a book, if it has one. */
export function describeKey(book: NewBook): KeyedBook | undefined {
  const { idempotencyKey, argument, id, title, author, cents, numPages } = book
  if (idempotencyKey === undefined) return undefined
  const requestHash = hashJson([id, title, author, cents, numPages])
  return { key: idempotencyKey, requestHash, argument: `${argument}.idempotencyKey` }
}

/**
 * Saves the idempotency records and inserts the new books of writes.
 * @returns the inserted books
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
    const keyed = describeKey(book)
    return keyed ? [{ ...keyed, ...common, part: '', bookIds: [ids.get(book) as number] }] : []
  })
  if (!idempotentWrite) return records
  return [...records, { ...idempotentWrite, ...common, bookIds: listBookIds(write, ids) }]
}

/** Returns the id of each book of a write. */
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
 * Finds the last id, stored or chosen in this request, that enough unused ones follow. It need not be the largest one: a
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
 * Inserts books and returns them as stored.
 * @throws ApiError `ALREADY_EXISTS` for all ids that are taken, or WriteConflictError if an id that was free is taken
 */
async function insertBooks({ transaction, statements }: WriteContext, newBooks: readonly IdentifiedBook[]) {
  const sorted = newBooks.toSorted((a, b) => a.id - b.id)
  const stored = new Map<NewBook, StoredBook>(sorted.map((one) => [one.book, toStoredBook(one)]))
  const rows = sorted.map(({ book }) => [
    ...Object.values(stored.get(book) ?? {}),
    book.words,
    book.authorWords,
  ])
  const insertedIds = new Set<number>()
  // The last row is repeated up to a power of two: a row whose id is taken is not inserted.
  for (const chunk of splitIntoPaddedChunks(rows)) {
    const query = statements.insertBooks(chunk.length, chunk.flat())
    for (const { id } of (await transaction.executeQuery(query)).rows) insertedIds.add(id)
  }
  // `delete` and not `has`: an id that the request contains twice was inserted once.
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
