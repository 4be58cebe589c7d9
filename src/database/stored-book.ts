import type { Selectable } from 'kysely'
import type { Tables } from './tables.ts'

/** A book as it is kept. */
export type StoredBook = Readonly<Omit<Selectable<Tables['books']>, 'words'>>

/** Its columns. */
export const BOOK_COLUMNS = [
  'books.id',
  'books.title',
  'books.author',
  'books.cents',
  'books.num_pages',
  'books.added_by',
  'books.added_at',
] as const
