import { hashJson, type IdempotentWrite, type KeyedBook, type KeyOwner } from './idempotency.ts'
import { joinWords } from './search-words.ts'

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

/** The properties that all books of a write share. */
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
export type IndexedBook = NewBook & { readonly words: string; readonly authorWords: string }

/** One call of `BookRepository.add`. */
export type BookWrite = { readonly books: readonly IndexedBook[]; readonly options: AddBooksOptions }

/** Prepares a write before its transaction, for which other writes wait. */
export const createBookWrite = (books: readonly NewBook[], options: AddBooksOptions): BookWrite => ({
  books: books.map((book) => ({
    ...book,
    words: joinWords(book.title),
    authorWords: joinWords(book.author),
  })),
  options,
})

/** Returns the owner of the keys of a write. */
export const ownerOf = ({ clientId, addedBy }: AddBooksOptions): KeyOwner => ({ clientId, subject: addedBy })

/** Returns the idempotency keys of a write: those of its books, and its own. */
export function listKeys({ books, options: { idempotentWrite } }: BookWrite): string[] {
  const keys = books.flatMap(({ idempotencyKey }) => idempotencyKey ?? [])
  return idempotentWrite ? [...keys, idempotentWrite.key] : keys
}

/** Returns the ids that the client chose for books of a write. */
export const listChosenIds = ({ books }: BookWrite): number[] => books.flatMap(({ id }) => id ?? [])

/** Returns the idempotency key of a book, or the book itself. Books of a write with the same key are one book. */
export const identityOf = (book: NewBook) => book.idempotencyKey ?? book

/** Returns the idempotency key of a book with the hash of the book, or undefined for a book without one. */
export function toKeyedBook(book: NewBook): KeyedBook | undefined {
  const { idempotencyKey, argument, id, title, author, cents, numPages } = book
  if (idempotencyKey === undefined) return undefined
  const requestHash = hashJson([id, title, author, cents, numPages])
  return { key: idempotencyKey, requestHash, argument: `${argument}.idempotencyKey` }
}
