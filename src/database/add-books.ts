import { idempotencyInFlight } from '../errors/api-error.ts'
import {
  type AddBooksOptions,
  type BookWrite,
  identityOf,
  listChosenIds,
  listKeys,
  type NewBook,
  ownerOf,
  toKeyedBook,
} from './book-write.ts'
import { findIdempotencyRecords, readBookIdsByKey, readBookIdsOfWrite, toStoredOwner } from './idempotency.ts'
import { findBooks, listBookIds, storeNewWrites, type WriteContext } from './store-books.ts'
import type { StoredBook } from './tables.ts'

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
  const keyedBooks = books.flatMap((book) => toKeyedBook(book) ?? [])
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

/** Returns the writes whose keys and ids are neither stored nor those of an earlier write. */
async function findNewWrites(
  context: WriteContext,
  writes: readonly BookWrite[],
): Promise<readonly BookWrite[]> {
  const lockedWrites = await lockKeys(context, selectDistinct(writes))
  const stored = await findStoredNames(context, lockedWrites)
  if (stored.size === 0) return lockedWrites
  return lockedWrites.filter((write) => !listNames(write).some((name) => stored.has(name)))
}

/** Returns the writes whose keys and ids are in no earlier write, and only once in their own. */
function selectDistinct(writes: readonly BookWrite[]): BookWrite[] {
  const seen = new Set<string>()
  return writes.filter((write) => {
    const names = listNames(write)
    const sizeBefore = seen.size
    for (const name of names) seen.add(name)
    return seen.size === sizeBefore + names.length
  })
}

const nameId = (id: number) => `id ${id}`
const nameKey = (options: AddBooksOptions, key: string) =>
  JSON.stringify([toStoredOwner(ownerOf(options)), key])

/** Returns unique names of the chosen ids and the idempotency keys of a write. */
const listNames = (write: BookWrite): string[] => [
  ...listKeys(write).map((key) => nameKey(write.options, key)),
  ...listChosenIds(write).map(nameId),
]

/** Returns the names of those ids and idempotency keys of these writes that are stored. */
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

/**
 * Returns the books with these ids, in their order.
 * @param inserted books that need not be fetched
 * @throws Error if a book does not exist
 */
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
