import { type Kysely, type RawBuilder, sql } from 'kysely'
import { applyIdRange, BOOK_ID, type BookQuery } from './book-query.ts'
import type { DialectSql } from './dialect.ts'
import type { Tables } from './tables.ts'

/** Words are cut here: no title needs longer ones, and an index entry has a size limit. */
const MAX_WORD_LENGTH = 100
/** Further search words are ignored: they would hardly narrow the result down. */
const MAX_SEARCH_WORDS = 20

/**
 * Splits a text into the words by which titles are searched: runs of letters and digits (Unicode L, N and M), in lower
 * case and without accents. Done here and not in SQL, so that both databases return the same results.
 */
export function tokenizeTitle(text: string): string[] {
  const normalized = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    // Two forms of one letter: the first is written at the end of a word.
    .replaceAll('ς', 'σ')
  return (normalized.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) =>
    [...word].slice(0, MAX_WORD_LENGTH).join(''),
  )
}

/** Parses a search into prefixes, each of which must begin a word of the title. */
export const parseSearchWords = (text: string): string[] =>
  [...new Set(tokenizeTitle(text))].slice(0, MAX_SEARCH_WORDS)

/** Matches titles that have a word with this prefix, without an index. Prefixes contain nothing special to LIKE. */
const titleHasWordPrefix = (prefix: string): RawBuilder<boolean> =>
  sql<boolean>`' ' || books.words like ${`% ${prefix}%`}`

/** Prefixes up to this length match so many titles that filtering the matches of longer ones is faster. */
const MAX_SHORT_PREFIX = 3

/** Finds the books whose titles contain words with all of these prefixes, one or more. */
export function searchByTitle(
  database: Kysely<Tables>,
  dialectSql: DialectSql,
  prefixes: readonly string[],
): BookQuery {
  const longPrefixes = prefixes.filter((prefix) => prefix.length > MAX_SHORT_PREFIX)
  const indexed = longPrefixes.length > 0 ? longPrefixes : prefixes
  const matching = dialectSql.searchTitleIndex(database, indexed)
  let { query } = matching
  for (const prefix of prefixes)
    if (!indexed.includes(prefix)) query = query.where(titleHasWordPrefix(prefix))
  return {
    ...matching,
    query,
    scanNearby: createNearbyScan(database, database.selectFrom('books'), prefixes),
  }
}

/** Finds the books of an author whose titles contain words with all of these prefixes. */
export function searchByAuthorAndTitle(
  database: Kysely<Tables>,
  author: string,
  prefixes: readonly string[],
): BookQuery {
  const byAuthor = database.selectFrom('books').where('author', '=', author)
  let query: BookQuery['query'] = byAuthor
  for (const prefix of prefixes) query = query.where(titleHasWordPrefix(prefix))
  return { query, sortId: BOOK_ID, scanNearby: createNearbyScan(database, byAuthor, prefixes) }
}

/** Books scanned for each one wanted: enough for a word that one title in twenty has. */
const SCANNED_PER_MATCH = 20
/** Scanning this many takes less time than the round trip to the database. */
const MIN_SCANNED = 100

/**
 * Creates the scan of the next books in id order, for words that many titles have. Neither database can start in the
 * middle of the matches of such a word: FTS5 reads all the earlier ones, and PostgreSQL sorts them all.
 */
function createNearbyScan(
  database: Kysely<Tables>,
  candidates: BookQuery['query'],
  prefixes: readonly string[],
): NonNullable<BookQuery['scanNearby']> {
  return (range, limit) => {
    const scanned = Math.max(MIN_SCANNED, SCANNED_PER_MATCH * limit)
    const next = applyIdRange({ query: candidates, sortId: BOOK_ID }, range)
    const nextBooks = next.selectAll().limit(scanned).as('books')
    let matching = database.selectFrom(nextBooks) as unknown as BookQuery['query']
    for (const prefix of prefixes) matching = matching.where(titleHasWordPrefix(prefix))
    const sameOrder = { from: range.from, after: undefined, before: undefined }
    return {
      matching: applyIdRange({ query: matching, sortId: BOOK_ID }, sameOrder),
      beyond: next.limit(1).offset(scanned),
    }
  }
}
