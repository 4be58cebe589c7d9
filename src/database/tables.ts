import type { Generated, Transaction } from 'kysely'

/** The database schema. Prices are integer cents; times are RFC 3339 text in UTC, or milliseconds since 1970. */
export type Tables = {
  books: {
    id: number
    title: string
    author: string
    cents: number
    num_pages: number
    added_by: string
    added_at: string
    /** The normalized words of the title, separated by spaces, for the search. */
    words: string
    /** The same of the author. */
    author_words: string
    /** The start of `words`, by which books are sorted by title. */
    title_key: Generated<string>
  }
  /** The encrypted store: sessions and other expiring values. */
  keep: {
    id: string
    sealed: string
    expires_at: number
    /** The latest time to which the expiry can be extended. */
    ends_at: number
    /** The store's name. */
    room: string
  }
  /** Idempotency records: the books that were added under a caller's key. */
  idempotency: {
    /** The owner of the key: client and subject. In records of earlier versions, the client alone. */
    client_id: string
    key: string
    /** The write within the request; empty for a single book's own key. */
    part: string
    request_hash: string
    /** The ids of the added books, separated by spaces. */
    book_ids: string
    kept_until: number
  }
}

export type WriteTransaction = Transaction<Tables>

/** A book with the names of the GraphQL schema, so that most of its fields need no resolver. */
export type StoredBook = {
  readonly id: number
  readonly title: string
  readonly author: string
  readonly cents: number
  readonly numPages: number
  readonly addedBy: string
  readonly addedAt: string
}

export const BOOK_COLUMNS = [
  'books.id',
  'books.title',
  'books.author',
  'books.cents',
  'books.num_pages as numPages',
  'books.added_by as addedBy',
  'books.added_at as addedAt',
] as const
