import { sql } from 'kysely'
import { addBooks, type NewBook, type Write } from './add-books.ts'
import type { Database } from './database.ts'
import type { Matching, Span } from './dialect.ts'
import { reading, readingNow } from './errors.ts'
import { within } from './page-range.ts'
import { BOOK, type StoredBook } from './stored-book.ts'
import { authorsBooksWithWords, booksWithWords, ID } from './title-search.ts'
import { wantedWords } from './title-words.ts'
import { inTransaction } from './transaction.ts'

/** Words of the title and the author as written: all that is said, together. */
export type Filter = { readonly author?: string | undefined; readonly title?: string | undefined }

/** Up to `size` books with ids between two others, counted from one end: no page is found by counting. */
export type Page = Span & { readonly filter: Filter; readonly size: number }

/** Where the books are: the only place that reads them. */
export type Books = ReturnType<typeof createBooks>

/** @throws (each function) Refusal `SERVICE_UNAVAILABLE` when the database can't be had */
export function createBooks(database: Database) {
  // Compiled once: building the query costs more than running it.
  const byId = database.selectFrom('books').select(BOOK).where('id', '=', 0).compile()
  const matching = (filter: Filter) => booksThat(database, filter)

  return Object.freeze({
    /** @returns null where there is none; a promise, unless the database can read at once */
    find(id: number): StoredBook | null | Promise<StoredBook | null> {
      const parameters = [id]
      const now = readingNow(() => database.readNow?.(byId.sql, parameters))
      if (now !== undefined) return now as StoredBook | null
      const asked = reading(() => database.executeQuery({ ...byId, parameters }))
      return asked.then(({ rows }) => (rows[0] as StoredBook | undefined) ?? null)
    },

    /** The page's books in the order of their ids, and whether more follow in the direction that is counted in. */
    async page(page: Page): Promise<{ books: StoredBook[]; more: boolean }> {
      const { from, size } = page
      const rows = await reading(() => rowsOf(matching(page.filter), page))
      const books = rows.slice(0, size)
      return { books: from === 'start' ? books : books.reverse(), more: rows.length > size }
    },

    /** Whether a matching book stands on that side of this id, or at it. */
    async anyFrom(filter: Filter, side: '<=' | '>=', id: number): Promise<boolean> {
      // The nearest one: without an order, PostgreSQL takes any, and goes through the table for it.
      const span =
        side === '>='
          ? ({ from: 'start', after: id - 1, before: undefined } as const)
          : ({ from: 'end', after: undefined, before: id + 1 } as const)
      return (await reading(() => rowsOf(matching(filter), { filter, size: 0, ...span }))).length > 0
    },

    /** How many books match: each of them is looked at. */
    async count(filter: Filter): Promise<number> {
      const query = matching(filter).query.select((all) => all.fn.countAll<number>().as('books'))
      return (await reading(() => query.executeTakeFirstOrThrow())).books
    },

    /**
     * Keeps all of them or none; what was written under the same key before is given back as it was.
     * @throws Refusal `ALREADY_EXISTS` when ids are taken, `IDEMPOTENCY_MISMATCH` when a key was used for something
     * else, `IDEMPOTENCY_IN_FLIGHT` when the same request is under way
     */
    add: (books: readonly NewBook[], write: Write): Promise<StoredBook[]> =>
      inTransaction(database, (transaction) => addBooks(transaction, database.own, books, write)),

    /** Answers when the database does. */
    async ping(): Promise<void> {
      await reading(() => sql`select 1 from books limit 1`.execute(database))
    },
  })
}

/** One more than the page holds, if there are so many. */
async function rowsOf({ near, ...all }: Matching, page: Page): Promise<StoredBook[]> {
  const limit = page.size + 1
  const first = (query: Matching['query']) => query.select(BOOK).limit(limit).execute()
  if (near) {
    const { matching, beyond } = near(page, limit)
    const nearest = await first(matching)
    if (nearest.length === limit || !(await beyond.select('books.id').executeTakeFirst())) return nearest
  }
  return first(within(all, page))
}

/** By the index that narrows the most: an author has fewer books than a word. */
function booksThat(database: Database, { author, title }: Filter): Matching {
  const words = title === undefined || title.trim() === '' ? undefined : wantedWords(title)
  const all = database.selectFrom('books')
  // PostgreSQL has no text with NUL in it, and no book has such an author or no words at all.
  if (author?.includes('\0') || words?.length === 0) return { query: all.where(sql<boolean>`1 = 0`), id: ID }
  if (author === undefined) return words ? booksWithWords(database, words) : { query: all, id: ID }
  if (words) return authorsBooksWithWords(database, author, words)
  return { query: all.where('author', '=', author), id: ID }
}
