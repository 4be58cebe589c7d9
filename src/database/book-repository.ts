import { sql } from 'kysely'
import { type AddBooksOptions, addBooks, type NewBook } from './add-books.ts'
import type { Database } from './database.ts'
import type { BookQuery, IdRange } from './dialect.ts'
import { mapOutageSync, readWithRetry } from './errors.ts'
import { applyIdRange } from './page-range.ts'
import { BOOK_COLUMNS, type StoredBook } from './stored-book.ts'
import { BOOK_ID, searchByAuthorAndTitle, searchByTitle } from './title-search.ts'
import { parseSearchWords } from './title-words.ts'
import { runInTransaction } from './transaction.ts'

/** Words of the title and the author as written: all that is said, together. */
export type BookCriteria = { readonly author?: string | undefined; readonly title?: string | undefined }

/** Up to `size` books with ids between two others, counted from one end: no page is found by counting. */
export type BookPageRequest = IdRange & { readonly criteria: BookCriteria; readonly pageSize: number }

/** Where the books are: the only place that reads them. */
export type BookRepository = ReturnType<typeof createBookRepository>

/** @throws (each function) Refusal `SERVICE_UNAVAILABLE` when the database can't be had */
export function createBookRepository(database: Database) {
  // Compiled once: building the query costs more than running it.
  const byId = database.selectFrom('books').select(BOOK_COLUMNS).where('id', '=', 0).compile()
  const matching = (filter: BookCriteria) => booksThat(database, filter)

  return Object.freeze({
    /** @returns null where there is none; a promise, unless the database can read at once */
    find(id: number): StoredBook | null | Promise<StoredBook | null> {
      const parameters = [id]
      const now = mapOutageSync(() => database.readSync?.(byId.sql, parameters))
      if (now !== undefined) return now as StoredBook | null
      const asked = readWithRetry(() => database.executeQuery({ ...byId, parameters }))
      return asked.then(({ rows }) => (rows[0] as StoredBook | undefined) ?? null)
    },

    /** The page's books in the order of their ids, and whether more follow in the direction that is counted in. */
    async page(page: BookPageRequest): Promise<{ books: StoredBook[]; more: boolean }> {
      const { from, pageSize } = page
      const rows = await readWithRetry(() => rowsOf(matching(page.criteria), page))
      const books = rows.slice(0, pageSize)
      return { books: from === 'start' ? books : books.reverse(), more: rows.length > pageSize }
    },

    /** Whether a matching book stands on that side of this id, or at it. */
    async anyFrom(filter: BookCriteria, side: '<=' | '>=', id: number): Promise<boolean> {
      // The nearest one: without an order, PostgreSQL takes any, and goes through the table for it.
      const span =
        side === '>='
          ? ({ from: 'start', after: id - 1, before: undefined } as const)
          : ({ from: 'end', after: undefined, before: id + 1 } as const)
      return (
        (await readWithRetry(() => rowsOf(matching(filter), { criteria: filter, pageSize: 0, ...span })))
          .length > 0
      )
    },

    /** How many books match: each of them is looked at. */
    async count(filter: BookCriteria): Promise<number> {
      const query = matching(filter).query.select((all) => all.fn.countAll<number>().as('books'))
      return (await readWithRetry(() => query.executeTakeFirstOrThrow())).books
    },

    /**
     * Keeps all of them or none; what was written under the same key before is given back as it was.
     * @throws Refusal `ALREADY_EXISTS` when ids are taken, `IDEMPOTENCY_MISMATCH` when a key was used for something
     * else, `IDEMPOTENCY_IN_FLIGHT` when the same request is under way
     */
    add: (books: readonly NewBook[], write: AddBooksOptions): Promise<StoredBook[]> =>
      runInTransaction(database, (transaction) => addBooks(transaction, database.dialectSql, books, write)),

    /** Answers when the database does. */
    async ping(): Promise<void> {
      await readWithRetry(() => sql`select 1 from books limit 1`.execute(database))
    },
  })
}

/** One more than the page holds, if there are so many. */
async function rowsOf({ scanNearby, ...all }: BookQuery, page: BookPageRequest): Promise<StoredBook[]> {
  const limit = page.pageSize + 1
  const first = (query: BookQuery['query']) => query.select(BOOK_COLUMNS).limit(limit).execute()
  if (scanNearby) {
    const { matching, beyond } = scanNearby(page, limit)
    const nearest = await first(matching)
    if (nearest.length === limit || !(await beyond.select('books.id').executeTakeFirst())) return nearest
  }
  return first(applyIdRange(all, page))
}

/** By the index that narrows the most: an author has fewer books than a word. */
function booksThat(database: Database, { author, title }: BookCriteria): BookQuery {
  const words = title === undefined || title.trim() === '' ? undefined : parseSearchWords(title)
  const all = database.selectFrom('books')
  // PostgreSQL has no text with NUL in it, and no book has such an author or no words at all.
  if (author?.includes('\0') || words?.length === 0)
    return { query: all.where(sql<boolean>`1 = 0`), sortId: BOOK_ID }
  if (author === undefined) return words ? searchByTitle(database, words) : { query: all, sortId: BOOK_ID }
  if (words) return searchByAuthorAndTitle(database, author, words)
  return { query: all.where('author', '=', author), sortId: BOOK_ID }
}
