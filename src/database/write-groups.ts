import { addBooks, addBooksTogether } from './add-books.ts'
import { type AddBooksOptions, type BookWrite, createBookWrite, type NewBook } from './book-write.ts'
import type { Database } from './database.ts'
import type { StoredBook } from './tables.ts'
import { runInTransaction } from './transaction.ts'
import { createWriteStatements } from './write-statements.ts'

/** The most writes and books of a group. On SQLite its statements block the event loop. */
const MAX_WRITES = 64
const MAX_BOOKS = 256

/** A group of writes was rolled back before its commit. Each of them is then added alone. */
class GroupError extends Error {
  override readonly name = 'GroupError'
}

type WaitingWrite = BookWrite & PromiseWithResolvers<StoredBook[]>

/** Writes that share a transaction. A group accepts further ones until it is closed. */
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
 * Creates `BookRepository.add`. Writes that wait at the same time share a transaction, and on SQLite its sync to the disk
 * (group commit). Each resolves after the commit. A write that cannot be added with the others is added alone afterwards,
 * so that it fails alone.
 */
export function createBookWriter(database: Database) {
  const { dialectSql, shares } = database
  const statements = createWriteStatements(shares.writes)
  let openGroup: WriteGroup | undefined

  const addGroup = (group: WriteGroup) =>
    runInTransaction(shares.writes, async (transaction) => {
      // A single write may need no new ids, and then not the lock.
      const isIdAllocationLocked = group.writes.length > 1 || group.writes.every(needsNewIds)
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

  /** Adds a group, and resolves or rejects each of its writes. Never rejects itself. */
  async function run(group: WriteGroup): Promise<void> {
    try {
      resolveAdded(group, await addGroup(group))
    } catch (error) {
      if (error instanceof GroupError) resolveAdded(group, new Map())
      else for (const write of group.close()) write.reject(error)
    }
  }

  /** Resolves the writes that were added, and adds the others alone. */
  function resolveAdded(group: WriteGroup, added: ReadonlyMap<BookWrite, StoredBook[]>): void {
    for (const write of group.writes) {
      const books = added.get(write)
      if (books) write.resolve(books)
      else addAlone(write).then(write.resolve, write.reject)
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

/** Returns true for a write that certainly needs new ids: it has no keys, and no ids that the client chose. */
const needsNewIds = ({ books, options }: BookWrite): boolean =>
  options.idempotentWrite === undefined &&
  books.every(({ id, idempotencyKey }) => id === undefined && idempotencyKey === undefined)
