import { addBooks, addBooksTogether } from './add-books.ts'
import { type AddBooksOptions, type BookWrite, createBookWrite, type NewBook } from './book-write.ts'
import type { Database } from './database.ts'
import type { StoredBook } from './tables.ts'
import { runInTransaction } from './transaction.ts'
import { createWriteStatements } from './write-statements.ts'

/** The most writes and books of a group: other work waits for its statements on SQLite. */
const MAX_WRITES = 64
const MAX_BOOKS = 256

/** The transaction of a group of writes failed before its commit. Its writes are executed one by one. */
class GroupError extends Error {
  override readonly name = 'GroupError'
}

type WaitingWrite = BookWrite & PromiseWithResolvers<StoredBook[]>

/** Writes that share a transaction. It accepts further ones until it is closed. */
class WriteGroup {
  readonly #writes: WaitingWrite[] = []
  #bookCount = 0
  #isOpen = true

  accepts({ books }: BookWrite): boolean {
    return this.#isOpen && this.#writes.length < MAX_WRITES && this.#bookCount + books.length <= MAX_BOOKS
  }

  add(write: BookWrite): Promise<StoredBook[]> {
    const waiting = { ...write, ...Promise.withResolvers<StoredBook[]>() }
    this.#writes.push(waiting)
    this.#bookCount += write.books.length
    return waiting.promise
  }

  get writes(): readonly WaitingWrite[] {
    return this.#writes
  }

  close(): readonly WaitingWrite[] {
    this.#isOpen = false
    return this.#writes
  }
}

/**
 * Creates `BookRepository.add`. Writes that wait for the same transaction share it, and on SQLite its sync to the disk (group
 * commit). Each is acknowledged after the commit. A write that cannot be added with the others is added alone afterwards, so
 * that it fails alone.
 */
export function createBookWriter(database: Database) {
  const { dialectSql, shares } = database
  const statements = createWriteStatements(shares.writes)
  let openGroup: WriteGroup | undefined

  const addGroup = (group: WriteGroup) =>
    runInTransaction(shares.writes, async (transaction) => {
      // A single write with keys may need no ids: it was executed before.
      const isIdAllocationLocked = group.writes.length > 1 || group.writes.every(isPlain)
      // The group accepts further writes while it waits for the lock.
      if (isIdAllocationLocked) await dialectSql.lockIdAllocation(transaction)
      const writes: readonly BookWrite[] = group.close()
      const context = { transaction, statements, dialectSql, isIdAllocationLocked }
      const [first] = writes
      if (first && writes.length === 1) return new Map([[first, await addBooks(context, first)]])
      return addBooksTogether(context, writes).catch((cause) => {
        throw new GroupError('A group of writes was rolled back.', { cause })
      })
    })

  const addAlone = (write: BookWrite) =>
    runInTransaction(shares.writes, (transaction) =>
      addBooks({ transaction, statements, dialectSql, isIdAllocationLocked: false }, write),
    )

  /** Never rejects. */
  async function run(group: WriteGroup): Promise<void> {
    const added = await addGroup(group).catch((error) => error)
    for (const write of group.close()) {
      const books = added instanceof Map ? added.get(write) : undefined
      if (books) write.resolve(books)
      else if (added instanceof Map || added instanceof GroupError)
        addAlone(write).then(write.resolve, write.reject)
      else write.reject(added)
    }
  }

  return function add(books: readonly NewBook[], options: AddBooksOptions): Promise<StoredBook[]> {
    const write = createBookWrite(books, options)
    if (openGroup?.accepts(write)) return openGroup.add(write)
    openGroup = new WriteGroup()
    const added = openGroup.add(write)
    void run(openGroup)
    return added
  }
}

/** Returns true for a write without keys and chosen ids. */
const isPlain = ({ books, options }: BookWrite): boolean =>
  options.idempotentWrite === undefined &&
  books.every(({ id, idempotencyKey }) => id === undefined && idempotencyKey === undefined)
