import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { Matching } from './dialect.ts'
import { within } from './page-range.ts'
import { hasWord } from './title-match.ts'

/** Beginnings of so few letters are had by many titles: to collect them all takes longer than to look at the others' books. */
const SHORT = 3
/** How many of the next books are looked at for each that is wanted: enough for a word that one title in twenty has. */
const NEAR = 20
/** That many in any case: it takes less than the way to the database. */
const NEAR_AT_LEAST = 100

export const ID = sql<number>`books.id`

/** The books whose titles have words that begin with all of these, one or more. */
export function booksWithWords(database: Database, words: readonly string[]): Matching {
  const long = words.filter((word) => word.length > SHORT)
  const indexed = long.length > 0 ? long : words
  const matching = database.own.withWords(database, indexed)
  let { query } = matching
  for (const word of words) if (!indexed.includes(word)) query = query.where(hasWord(word))
  return { ...matching, query, near: nearBy(database, database.selectFrom('books'), words) }
}

/** Those of an author's books whose titles have all of these words. */
export function authorsBooksWithWords(
  database: Database,
  author: string,
  words: readonly string[],
): Matching {
  const all = database.selectFrom('books').where('author', '=', author)
  let query: Matching['query'] = all
  for (const word of words) query = query.where(hasWord(word))
  return { query, id: ID, near: nearBy(database, all, words) }
}

/**
 * Neither database can begin in the middle of the many books that have a word: FTS5 goes through those before, PostgreSQL
 * sorts them all, an author's too. So a word that many have is looked for where the page is.
 */
const nearBy =
  (database: Database, all: Matching['query'], words: readonly string[]): NonNullable<Matching['near']> =>
  (span, wanted) => {
    const most = Math.max(NEAR_AT_LEAST, NEAR * wanted)
    const next = within({ query: all, id: ID }, span)
    const named = next.selectAll().limit(most).as('books')
    let matching = database.selectFrom(named) as unknown as Matching['query']
    for (const word of words) matching = matching.where(hasWord(word))
    return {
      matching: within({ query: matching, id: ID }, { ...span, ...ALL }),
      beyond: next.limit(1).offset(most),
    }
  }

const ALL = { after: undefined, before: undefined }
