import { type RawBuilder, sql } from 'kysely'

/**
 * That a book's title has a word that begins so, without an index.
 * @param word letters and digits alone: none of them means anything to LIKE
 */
export const titleHasWordPrefix = (word: string): RawBuilder<boolean> =>
  sql<boolean>`' ' || books.words like ${`% ${word}%`}`
