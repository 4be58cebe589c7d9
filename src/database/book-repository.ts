import type { CompiledQuery } from 'kysely'
import {
  type BookCount,
  type BookCriteria,
  type BookRange,
  countMatching,
  fetchMatching,
  findListStatement,
} from './book-query.ts'
import { splitIntoPaddedChunks } from './chunks.ts'
import type { Database } from './database.ts'
import { outageToApiError, readWithRetry } from './errors.ts'
import type { SqlParameters } from './sqlite-adapter.ts'
import { BOOK_COLUMNS, type StoredBook } from './tables.ts'
import { createBookWriter } from './write-groups.ts'

/** A page of up to `pageSize` books. Pages are found by their first or last book, never by offset. */
export type BookPageRequest = BookRange & { readonly criteria: BookCriteria; readonly pageSize: number }

/** The only access to the books in the database. */
export type BookRepository = ReturnType<typeof createBookRepository>

/** Each method throws ApiError `SERVICE_UNAVAILABLE` during an outage of the database. */
export function createBookRepository(database: Database) {
  // Compiled once: building the query costs more than running it.
  const findById = database.selectFrom('books').select(BOOK_COLUMNS).where('id', '=', 0).compile()

  function fetchRange(criteria: BookCriteria, range: BookRange, limit: number) {
    const list = findListStatement(database, criteria, range, limit)
    return list
      ? read(list.connections, list.statement)
      : readWithRetry(() => fetchMatching(database, criteria, range, limit))
  }

  return Object.freeze({
    /** Returns null for an unknown id. Synchronous if the database can read synchronously. */
    find(id: number): StoredBook | null | Promise<StoredBook | null> {
      const rows = read(database, { ...findById, parameters: [id] })
      return rows instanceof Promise ? rows.then(([book]) => book ?? null) : (rows[0] ?? null)
    },

    /** Returns the books with these ids, in no order; one that does not exist is left out. */
    async findMany(ids: readonly number[]): Promise<StoredBook[]> {
      const books: StoredBook[] = []
      for (const chunk of splitIntoPaddedChunks(ids)) {
        const query = database.selectFrom('books').select(BOOK_COLUMNS).where('id', 'in', chunk)
        books.push(...(await readWithRetry(() => query.execute())))
      }
      return books
    },

    /**
     * Returns the page's books in the order of the list; `more`: others follow in the reading direction. Synchronous for a
     * list without search words if the database can read synchronously.
     */
    page(request: BookPageRequest): BookRows | Promise<BookRows> {
      const rows = fetchRange(request.criteria, request, request.pageSize + 1)
      return rows instanceof Promise ? rows.then((all) => toPage(all, request)) : toPage(rows, request)
    },

    /** Returns true if a matching book is in a range. */
    async exists(criteria: BookCriteria, range: BookRange): Promise<boolean> {
      // A page of the nearest one: without an order, PostgreSQL may scan the table for any match.
      return (await fetchRange(criteria, range, 1)).length > 0
    },

    /** Counts the matching books, up to a limit. */
    count: (criteria: BookCriteria, limit: number): Promise<BookCount> =>
      readWithRetry(() => countMatching(database, criteria, limit)),

    /**
     * Adds all books or none. Books that were added under the same idempotency key before are returned unchanged.
     * @throws ApiError `ALREADY_EXISTS` if ids are taken, `IDEMPOTENCY_MISMATCH` if a key was used for another request,
     *   `IDEMPOTENCY_IN_FLIGHT` if a request with the same key is in progress
     */
    add: createBookWriter(database),

    /**
     * Resolves if the database can be read, and its file is the one that was opened. Uses a connection of its own, so that it
     * does not wait for other work.
     */
    async ping(): Promise<void> {
      database.file?.check()
      await readWithRetry(() => database.dialectSql.ping.execute(database.shares.health))
    },
  })
}

/** The books of a page. `more`: others follow in the reading direction. */
type BookRows = { readonly books: StoredBook[]; readonly more: boolean }

function toPage(rows: readonly StoredBook[], { from, pageSize }: BookPageRequest): BookRows {
  const books = rows.slice(0, pageSize)
  return { books: from === 'start' ? books : books.reverse(), more: rows.length > pageSize }
}

/**
 * Executes a query; synchronously if the database can.
 * @throws ApiError `SERVICE_UNAVAILABLE` during an outage
 */
function read(database: Database, query: CompiledQuery<StoredBook>): StoredBook[] | Promise<StoredBook[]> {
  try {
    const rows = database.readSync?.(query.sql, query.parameters as SqlParameters)
    if (rows) return rows as StoredBook[]
  } catch (error) {
    throw outageToApiError(error)
  }
  return readWithRetry(async () => (await database.executeQuery(query)).rows)
}
