import { sql } from 'kysely'
import { type AddBooksOptions, addBooks, type NewBook } from './add-books.ts'
import { applyIdRange, BOOK_ID, type BookQuery, type IdRange } from './book-query.ts'
import type { Database } from './database.ts'
import { outageToApiError, readWithRetry } from './errors.ts'
import { BOOK_COLUMNS, type StoredBook } from './tables.ts'
import { parseSearchWords, searchByAuthorAndTitle, searchByTitle } from './title-search.ts'
import { runInTransaction } from './transaction.ts'

/** A filter of books: an exact author, and words of the title. Both must match. */
export type BookCriteria = { readonly author?: string | undefined; readonly title?: string | undefined }

/** A page of up to `pageSize` books. Pages are found by id, never by offset. */
export type BookPageRequest = IdRange & { readonly criteria: BookCriteria; readonly pageSize: number }

/** The only access to the books in the database. */
export type BookRepository = ReturnType<typeof createBookRepository>

/** Each method throws ApiError `SERVICE_UNAVAILABLE` during an outage of the database. */
export function createBookRepository(database: Database) {
  // Compiled once: building the query costs more than running it.
  const findById = database.selectFrom('books').select(BOOK_COLUMNS).where('id', '=', 0).compile()

  return Object.freeze({
    /** Returns null for an unknown id. Synchronous if the database can read synchronously. */
    find(id: number): StoredBook | null | Promise<StoredBook | null> {
      const parameters = [id]
      try {
        const row = database.readSync?.(findById.sql, parameters)
        if (row !== undefined) return row as StoredBook | null
      } catch (error) {
        throw outageToApiError(error)
      }
      const reading = readWithRetry(() => database.executeQuery({ ...findById, parameters }))
      return reading.then(({ rows }) => (rows[0] as StoredBook | undefined) ?? null)
    },

    /** Returns the page's books in ascending order of their ids; `more`: others follow in the reading direction. */
    async page(request: BookPageRequest): Promise<{ books: StoredBook[]; more: boolean }> {
      const { from, pageSize, criteria } = request
      const rows = await readWithRetry(() => fetchPage(selectMatching(database, criteria), request))
      const books = rows.slice(0, pageSize)
      return { books: from === 'start' ? books : books.reverse(), more: rows.length > pageSize }
    },

    /** Returns true if a matching book has this id or one beyond it. */
    async anyFrom(criteria: BookCriteria, side: '<=' | '>=', id: number): Promise<boolean> {
      // A page of the nearest one: without an order, PostgreSQL may scan the table for any match.
      const range =
        side === '>='
          ? ({ from: 'start', after: id - 1, before: undefined } as const)
          : ({ from: 'end', after: undefined, before: id + 1 } as const)
      const request = { ...range, criteria, pageSize: 0 }
      const rows = await readWithRetry(() => fetchPage(selectMatching(database, criteria), request))
      return rows.length > 0
    },

    /** Counts the matching books. Takes time in proportion to their number. */
    async count(criteria: BookCriteria): Promise<number> {
      const query = selectMatching(database, criteria).query.select(({ fn }) =>
        fn.countAll<number>().as('books'),
      )
      return (await readWithRetry(() => query.executeTakeFirstOrThrow())).books
    },

    /**
     * Adds all books or none. Books that were added under the same idempotency key before are returned unchanged.
     * @throws ApiError `ALREADY_EXISTS` if ids are taken, `IDEMPOTENCY_MISMATCH` if a key was used for another request,
     *   `IDEMPOTENCY_IN_FLIGHT` if a request with the same key is in progress
     */
    add: (books: readonly NewBook[], options: AddBooksOptions): Promise<StoredBook[]> =>
      runInTransaction(database, (transaction) => addBooks(transaction, database.dialectSql, books, options)),

    /** Resolves if the database can be read. */
    async ping(): Promise<void> {
      await readWithRetry(() => sql`select 1 from books limit 1`.execute(database))
    },
  })
}

/** Fetches one book more than the page holds, if there is one. */
async function fetchPage(
  { scanNearby, ...whole }: BookQuery,
  request: BookPageRequest,
): Promise<StoredBook[]> {
  const limit = request.pageSize + 1
  const fetchFirst = (query: BookQuery['query']) => query.select(BOOK_COLUMNS).limit(limit).execute()
  if (scanNearby) {
    const { matching, beyond } = scanNearby(request, limit)
    const nearest = await fetchFirst(matching)
    if (nearest.length === limit || !(await beyond.select('books.id').executeTakeFirst())) return nearest
  }
  return fetchFirst(applyIdRange(whole, request))
}

/** Uses the index that narrows the result most: an author has fewer books than a word. */
function selectMatching(database: Database, { author, title }: BookCriteria): BookQuery {
  const prefixes = title === undefined || title.trim() === '' ? undefined : parseSearchWords(title)
  const books = database.selectFrom('books')
  // No book matches: a search without any word, or an author with NUL, which PostgreSQL does not accept in text.
  if (author?.includes('\0') || prefixes?.length === 0)
    return { query: books.where(sql<boolean>`1 = 0`), sortId: BOOK_ID }
  if (author !== undefined && prefixes) return searchByAuthorAndTitle(database, author, prefixes)
  if (author !== undefined) return { query: books.where('author', '=', author), sortId: BOOK_ID }
  if (prefixes) return searchByTitle(database, database.dialectSql, prefixes)
  return { query: books, sortId: BOOK_ID }
}
