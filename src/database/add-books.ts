import { alreadyExists, idempotencyInFlight } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import { splitIntoPaddedChunks } from './chunks.ts'
import type { DialectSql } from './dialect.ts'
import { WriteConflictError } from './errors.ts'
import {
  findIdempotencyRecords,
  hashJson,
  type IdempotentWrite,
  type KeyedBook,
  type KeyOwner,
  type NewRecord,
  readBookIdsByKey,
  readBookIdsOfWrite,
  saveIdempotencyRecords,
  toStoredOwner,
} from './idempotency.ts'
import { joinWords } from './search-words.ts'
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
type NewWrite = BookWrite & {
  readonly newBooks: readonly IndexedBook[]
  /** The ids of books that it added before, by their keys. */
  readonly knownIds: ReadonlyMap<string, number>
}

type IdentifiedBook = { readonly book: IndexedBook; readonly options: AddBooksOptions; readonly id: number }

/** Prepares a write outside of its transaction, which others wait for. */
export const createBookWrite = (books: readonly NewBook[], options: AddBooksOptions): BookWrite => ({
  books: books.map((book) => ({
    ...book,
    words: joinWords(book.title),
    authorWords: joinWords(book.author),
  })),
  options,
})

/**
 * Adds the books of one write. Books that were added under their idempotency keys before are returned as they are.
 * @returns a book for each, in the same order
 * @throws ApiError as `BookRepository.add` does, or WriteConflictError
 */
export async function addBooks(context: WriteContext, write: BookWrite): Promise<StoredBook[]> {
  const { books, options } = write
  const { idempotentWrite } = options
  if ((await lockKeys(context, [write])).length === 0) throw idempotencyInFlight()
  const knownRecords = await findRecords(context, options, listKeys(write))
  const knownWriteIds = idempotentWrite && readBookIdsOfWrite(knownRecords, idempotentWrite)
  if (knownWriteIds) return loadBooks(context, knownWriteIds, [])

  // Books with the same key are one book: added by an earlier request, or earlier in this one.
  const keyedBooks = books.flatMap((book) => describeKey(book) ?? [])
  const knownIds = readBookIdsByKey(knownRecords, keyedBooks)
  const seen = new Set<NewBook | string>(knownIds.keys())
  const newBooks = books.filter((book) => !seen.has(identityOf(book)) && seen.add(identityOf(book)))
  const newWrite = { books, options, newBooks, knownIds }
  const inserted = await storeNewWrites(context, [newWrite])
  const insertedIds = new Map([...inserted].map(([book, { id }]) => [book, id]))
  return loadBooks(context, listBookIds(newWrite, insertedIds), [...inserted.values()])
}

/**
 * Adds the books of several writes as if each were alone, if all keys are new and all ids are free.
 * @returns the books of each write; one that is missing here has to be added alone
 * @throws WriteConflictError
 */
export async function addBooksTogether(
  context: WriteContext,
  writes: readonly BookWrite[],
): Promise<ReadonlyMap<BookWrite, StoredBook[]>> {
  const newWrites = await findNewWrites(context, writes)
  const inserted = await storeNewWrites(
    context,
    newWrites.map((write) => ({ ...write, newBooks: write.books, knownIds: new Map() })),
  )
  const listInserted = ({ books }: BookWrite) => books.flatMap((book) => inserted.get(book) ?? [])
  return new Map(newWrites.map((write) => [write, listInserted(write)]))
}

/** Returns the writes whose keys and ids are neither stored nor those of another write. */
async function findNewWrites(
  context: WriteContext,
  writes: readonly BookWrite[],
): Promise<readonly BookWrite[]> {
  const names = new Set<string>()
  const isDistinct = (write: BookWrite) => {
    const added = listNames(write)
    const sizeBefore = names.size
    for (const name of added) names.add(name)
    return names.size === sizeBefore + added.length
  }
  const lockedWrites = await lockKeys(context, writes.filter(isDistinct))
  const stored = await findStoredNames(context, lockedWrites)
  if (stored.size === 0) return lockedWrites
  return lockedWrites.filter((write) => !listNames(write).some((name) => stored.has(name)))
}

const nameId = (id: number) => `id ${id}`
const nameKey = (options: AddBooksOptions, key: string) =>
  JSON.stringify([toStoredOwner(ownerOf(options)), key])

/** Returns names for the ids and the idempotency keys of a write. */
const listNames = (write: BookWrite): string[] => [
  ...listKeys(write).map((key) => nameKey(write.options, key)),
  ...listChosenIds(write).map(nameId),
]

/** Returns the names of ids and idempotency keys of these writes that are stored. */
async function findStoredNames(context: WriteContext, writes: readonly BookWrite[]): Promise<Set<string>> {
  const stored = new Set<string>()
  const keyedWrites = writes.filter((write) => listKeys(write).length > 0)
  const writesByOwner = Map.groupBy(keyedWrites, ({ options }) => toStoredOwner(ownerOf(options)))
  for (const ownWrites of writesByOwner.values()) {
    const [first] = ownWrites
    if (!first) continue
    const records = await findRecords(context, first.options, ownWrites.flatMap(listKeys))
    for (const { key } of records) stored.add(nameKey(first.options, key))
  }
  for (const { id } of await findBooks(context, writes.flatMap(listChosenIds))) stored.add(nameId(id))
  return stored
}

const ownerOf = ({ clientId, addedBy }: AddBooksOptions): KeyOwner => ({ clientId, subject: addedBy })

const identityOf = (book: NewBook) => book.idempotencyKey ?? book

function listKeys({ books, options: { idempotentWrite } }: BookWrite): string[] {
  const keys = books.flatMap(({ idempotencyKey }) => idempotencyKey ?? [])
  return idempotentWrite ? [...keys, idempotentWrite.key] : keys
}

const listChosenIds = ({ books }: BookWrite) => books.flatMap(({ id }) => id ?? [])

/** Locks the keys of whole writes. Returns the writes whose key no other transaction has locked. */
async function lockKeys({ transaction, dialectSql }: WriteContext, writes: readonly BookWrite[]) {
  const nameLock = ({ options }: BookWrite) =>
    options.idempotentWrite && nameKey(options, options.idempotentWrite.key)
  const names = writes.flatMap((write) => nameLock(write) ?? [])
  if (names.length === 0) return writes
  const locked = await dialectSql.tryAdvisoryLocks(transaction, names)
  return writes.filter((write) => {
    const name = nameLock(write)
    return name === undefined || locked.has(name)
  })
}

const findRecords = (
  { transaction, statements }: WriteContext,
  options: AddBooksOptions,
  keys: readonly string[],
) => findIdempotencyRecords(transaction, statements, ownerOf(options), keys, options.addedAt.getTime())

/** Describes the key of a book, if it has one. */
function describeKey(book: NewBook): KeyedBook | undefined {
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
async function storeNewWrites(context: WriteContext, writes: readonly NewWrite[]) {
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
function listBookIds({ books, newBooks, knownIds }: NewWrite, ids: BookIds): number[] {
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
  const insertedIds = new Set<number>()
  // The last row is repeated up to a power of two: a row whose id is taken is not inserted.
  for (const chunk of splitIntoPaddedChunks(sorted)) {
    const query = statements.insertBooks(chunk.length, chunk.flatMap(toValues))
    for (const { id } of (await transaction.executeQuery(query)).rows) insertedIds.add(id)
  }
  // `delete` and not `has`: an id that the request contains twice was inserted once.
  const taken = sorted.filter(({ id }) => !insertedIds.delete(id))
  if (taken.some(({ book }) => book.id === undefined)) throw new WriteConflictError()
  if (taken.length > 0) throw alreadyExists(taken.map(describeTakenId))
  return new Map<NewBook, StoredBook>(newBooks.map((one) => [one.book, toStoredBook(one)]))
}

const toStoredBook = ({ book, id, options }: IdentifiedBook): StoredBook => ({
  id,
  title: book.title,
  author: book.author,
  cents: book.cents,
  num_pages: book.numPages,
  added_by: options.addedBy,
  added_at: options.addedAt.toISOString(),
})

/** Returns the values of a row of `WriteStatements.insertBooks`. */
const toValues = (one: IdentifiedBook) => [
  ...Object.values(toStoredBook(one)),
  one.book.words,
  one.book.authorWords,
]

const describeTakenId = ({ book, id }: IdentifiedBook): InputIssue => ({
  argument: `${book.argument}.id`,
  message: `The id ${id} is taken. Leave it out to get the next free one.`,
})

async function findBooks({ transaction, statements }: WriteContext, ids: readonly number[]) {
  const books: StoredBook[] = []
  for (const chunk of splitIntoPaddedChunks(ids))
    books.push(...(await transaction.executeQuery(statements.findBooks(chunk.length, chunk))).rows)
  return books
}

/** @param inserted books that need not be fetched */
async function loadBooks(
  context: WriteContext,
  ids: readonly number[],
  inserted: readonly StoredBook[],
): Promise<StoredBook[]> {
  const booksById = new Map(inserted.map((book) => [book.id, book]))
  const missing = [...new Set(ids)].filter((id) => !booksById.has(id))
  for (const book of await findBooks(context, missing)) booksById.set(book.id, book)
  return ids.map((id) => {
    const book = booksById.get(id)
    if (!book) throw new Error(`book ${id} of an idempotency record no longer exists`)
    return book
  })
}
