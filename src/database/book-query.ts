import { type RawBuilder, sql } from 'kysely'
import type { Database } from './database.ts'
import type { SelectBooks } from './dialect.ts'
import { BOOK_COLUMNS, type StoredBook } from './tables.ts'
import { tokenizeTitle } from './title-words.ts'

/** A filter of books: an exact author, and words of the title. Both must match. */
export type BookCriteria = { readonly author?: string | undefined; readonly title?: string | undefined }

/** A range of ids without its bounds, read from one end. */
export type IdRange = {
  readonly from: 'start' | 'end'
  readonly after?: number | undefined
  readonly before?: number | undefined
}

const BOOK_ID = sql<number>`books.id`
/** Further search words are ignored: they would hardly narrow the result down. */
const MAX_SEARCH_WORDS = 20
/** Prefixes up to this length match so many titles that filtering the matches of longer ones is faster. */
const MAX_SHORT_PREFIX = 3
/** Books scanned for each one wanted: enough for a word that one title in twenty has. */
const SCANNED_PER_MATCH = 20
/** Scanning this many takes less time than the round trip to the database. */
const MIN_SCANNED = 100

export async function countMatching(database: Database, criteria: BookCriteria): Promise<number> {
  const { query } = selectMatching(database, criteria)
  const row = await query.select(({ fn }) => fn.countAll<number>().as('books')).executeTakeFirstOrThrow()
  return row.books
}

/**
 * Fetches the first matching books of a range. Those with title words are first searched among the next books in id order:
 * neither database can start in the middle of the matches of a word that many titles have, since FTS5 reads all the earlier
 * ones, and PostgreSQL sorts them all.
 */
export async function fetchMatching(
  database: Database,
  criteria: BookCriteria,
  range: IdRange,
  limit: number,
): Promise<StoredBook[]> {
  const { query, sortId, candidates, prefixes } = selectMatching(database, criteria)
  const fetchFirst = (books: SelectBooks) => books.select(BOOK_COLUMNS).limit(limit).execute()
  if (prefixes.length > 0) {
    const next = applyIdRange(candidates, BOOK_ID, range)
    const scanned = Math.max(MIN_SCANNED, SCANNED_PER_MATCH * limit)
    const scannedBooks = database.selectFrom(next.selectAll().limit(scanned).as('books'))
    const nearby = filterByPrefixes(scannedBooks as unknown as SelectBooks, prefixes)
    const nearest = await fetchFirst(applyIdRange(nearby, BOOK_ID, { from: range.from }))
    if (nearest.length === limit) return nearest
    const beyond = next.select('books.id').limit(1).offset(scanned)
    if (!(await beyond.executeTakeFirst())) return nearest
  }
  return fetchFirst(applyIdRange(query, sortId, range))
}

/**
 * Builds the query for matching books, with the index that narrows the result most: an author has fewer books than a word.
 * Each search word is the prefix of a word of the title; `candidates` are the books among which those with them match.
 */
function selectMatching(database: Database, { author, title }: BookCriteria) {
  const hasTitle = title !== undefined && title.trim() !== ''
  const prefixes = hasTitle ? [...new Set(tokenizeTitle(title))].slice(0, MAX_SEARCH_WORDS) : []
  let candidates: SelectBooks = database.selectFrom('books')
  // No book matches a search without any word, or an author with NUL, which PostgreSQL does not accept in text.
  if (author?.includes('\0') || (hasTitle && prefixes.length === 0))
    candidates = candidates.where(sql<boolean>`1 = 0`)
  else if (author !== undefined) candidates = candidates.where('author', '=', author)
  if (author !== undefined || prefixes.length === 0)
    return { query: filterByPrefixes(candidates, prefixes), sortId: BOOK_ID, candidates, prefixes }
  const longPrefixes = prefixes.filter((prefix) => prefix.length > MAX_SHORT_PREFIX)
  const indexed = longPrefixes.length > 0 ? longPrefixes : prefixes
  const { query, sortId } = database.dialectSql.searchTitleIndex(database, indexed)
  const others = prefixes.filter((prefix) => !indexed.includes(prefix))
  return { query: filterByPrefixes(query, others), sortId, candidates, prefixes }
}

/** Matches titles that have words with these prefixes, without an index. Prefixes contain nothing special to LIKE. */
function filterByPrefixes(query: SelectBooks, prefixes: readonly string[]): SelectBooks {
  return prefixes.reduce(
    (filtered, prefix) => filtered.where(sql<boolean>`' ' || books.words like ${`% ${prefix}%`}`),
    query,
  )
}

/** Restricts a query to a range of ids, sorted from the range's first end. */
function applyIdRange(
  query: SelectBooks,
  sortId: RawBuilder<number>,
  { from, after, before }: IdRange,
): SelectBooks {
  let page = query.orderBy(sortId, from === 'start' ? 'asc' : 'desc')
  if (after !== undefined) page = page.where(sortId, '>', after)
  if (before !== undefined) page = page.where(sortId, '<', before)
  return page
}
