import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { BookQuery } from './dialect.ts'
import { applyIdRange } from './page-range.ts'
import { titleHasWordPrefix } from './title-match.ts'

/** Beginnings of so few letters are had by many titles: to collect them all takes longer than to look at the others' books. */
const SHORT = 3
/** How many of the next books are looked at for each that is wanted: enough for a word that one title in twenty has. */
const NEAR = 20
/** That many in any case: it takes less than the way to the database. */
const NEAR_AT_LEAST = 100

export const BOOK_ID = sql<number>`books.id`

/** The books whose titles have words that begin with all of these, one or more. */
export function searchByTitle(database: Database, words: readonly string[]): BookQuery {
  const long = words.filter((word) => word.length > SHORT)
  const indexed = long.length > 0 ? long : words
  const matching = database.dialectSql.searchTitleIndex(database, indexed)
  let { query } = matching
  for (const word of words) if (!indexed.includes(word)) query = query.where(titleHasWordPrefix(word))
  return { ...matching, query, scanNearby: nearBy(database, database.selectFrom('books'), words) }
}

/** Those of an author's books whose titles have all of these words. */
export function searchByAuthorAndTitle(
  database: Database,
  author: string,
  words: readonly string[],
): BookQuery {
  const all = database.selectFrom('books').where('author', '=', author)
  let query: BookQuery['query'] = all
  for (const word of words) query = query.where(titleHasWordPrefix(word))
  return { query, sortId: BOOK_ID, scanNearby: nearBy(database, all, words) }
}

/**
 * Neither database can begin in the middle of the many books that have a word: FTS5 goes through those before, PostgreSQL
 * sorts them all, an author's too. So a word that many have is looked for where the page is.
 */
const nearBy =
  (
    database: Database,
    all: BookQuery['query'],
    words: readonly string[],
  ): NonNullable<BookQuery['scanNearby']> =>
  (span, wanted) => {
    const most = Math.max(NEAR_AT_LEAST, NEAR * wanted)
    const next = applyIdRange({ query: all, sortId: BOOK_ID }, span)
    const named = next.selectAll().limit(most).as('books')
    let matching = database.selectFrom(named) as unknown as BookQuery['query']
    for (const word of words) matching = matching.where(titleHasWordPrefix(word))
    return {
      matching: applyIdRange({ query: matching, sortId: BOOK_ID }, { ...span, ...ALL }),
      beyond: next.limit(1).offset(most),
    }
  }

const ALL = { after: undefined, before: undefined }
