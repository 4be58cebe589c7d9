import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Database } from './database.ts'
import type { SelectBooks } from './dialect.ts'
import { getListStatement, type ListValues } from './list-statements.ts'
import { tokenize, type WordColumn, type WordPrefix } from './search-words.ts'
import { BOOK_COLUMNS, type StoredBook } from './tables.ts'

/** A filter of books: an exact author, words of the author, and words of the title. All must match. */
export type BookCriteria = Readonly<Partial<Record<'author' | 'authorWords' | 'title', string | undefined>>>

/** The order of a list: by id, by time with the latest first, or by the words of the title. */
type BookOrder = 'ID' | 'NEWEST' | 'TITLE'

/** A range of a list between two books, which are given by id, read from one end. */
export type BookRange = {
  /** Defaults to `ID`, in which the bounds need not exist. In other orders no book is beyond a bound that does not exist. */
  readonly order?: BookOrder | undefined
  readonly from: 'start' | 'end'
  readonly after?: number | undefined
  readonly before?: number | undefined
  /** Defaults to false. */
  readonly includesBounds?: boolean
}

const BOOK_ID = sql<number>`books.id`
/** Further search words are ignored: they would hardly narrow the result down. */
const MAX_SEARCH_WORDS = 20
/**
 * Further text is ignored, before and after it is normalized: no title is longer, one character can be normalized to 18, and
 * the time to sort combining marks grows with the square of their number.
 */
const MAX_SEARCH_LENGTH = 1_000
/** Prefixes up to this length match many titles: they filter the matches of longer prefixes, which is faster. */
const MAX_SHORT_PREFIX = 3
/** Books scanned for each one wanted: enough for a word that one title in twenty has. */
const SCANNED_PER_MATCH = 20
/** Scanning this many takes less time than the round trip to the database. */
const MIN_SCANNED = 100

/** The number of matching books, up to a limit. `isExact`: there are no more. */
export type BookCount = { readonly count: number; readonly isExact: boolean }

/** Counts the matching books, up to a limit, since a count reads each of them. */
export async function countMatching(
  database: Database,
  criteria: BookCriteria,
  limit: number,
): Promise<BookCount> {
  const connections = chooseConnections(database, criteria)
  const { query } = selectMatching(connections, criteria)
  const matching = query.select(sql`1`.as('one')).limit(limit + 1)
  const { found } = await connections
    .selectFrom(matching.as('matching'))
    .select(({ fn }) => fn.countAll<number>().as('found'))
    .executeTakeFirstOrThrow()
  return { count: Math.min(found, limit), isExact: found <= limit }
}

/**
 * Returns the connections for a read. Only a list by id, of all books or of an author, takes the same time for any number of
 * books: searches read all matches, and books with the same title or time are read to find those after one of them.
 */
function chooseConnections(database: Database, criteria: BookCriteria, order: BookOrder = 'ID'): Database {
  return order !== 'ID' || parseCriteria(criteria).prefixes.length > 0 ? database.shares.searches : database
}

/** Returns the statement and the connections for a list without search words; undefined for a search. */
export function findListStatement(
  database: Database,
  criteria: BookCriteria,
  range: BookRange,
  limit: number,
): { readonly statement: CompiledQuery<StoredBook>; readonly connections: Database } | undefined {
  const { prefixes, matchesNone } = parseCriteria(criteria)
  if (prefixes.length > 0 || matchesNone) return undefined
  const connections = chooseConnections(database, criteria, range.order)
  const { order, from, includesBounds, after, before } = range
  const values = { author: criteria.author, after, before, limit }
  const build = ({ author, ...bounds }: ListValues) =>
    applyBookRange(
      selectByAuthor(connections, author),
      BOOK_ID,
      { ...range, ...bounds },
      author !== undefined,
    )
  const statement = getListStatement(connections, `${order} ${from} ${includesBounds}`, values, build)
  return { statement, connections }
}

/**
 * Fetches the first matching books of a range. Those with search words are first searched among the next books of the
 * order: neither database can start in the middle of the matches of a word that many titles have, since FTS5 reads all the
 * earlier ones, and PostgreSQL sorts them all.
 */
export async function fetchMatching(
  database: Database,
  criteria: BookCriteria,
  range: BookRange,
  limit: number,
): Promise<StoredBook[]> {
  const connections = chooseConnections(database, criteria, range.order)
  const { query, sortId, candidates, prefixes } = selectMatching(connections, criteria)
  const isByAuthor = criteria.author !== undefined
  const fetchFirst = (books: SelectBooks) => books.select(BOOK_COLUMNS).limit(limit).execute()
  if (prefixes.length > 0) {
    const next = applyBookRange(candidates, BOOK_ID, range, isByAuthor)
    const scanned = Math.max(MIN_SCANNED, SCANNED_PER_MATCH * limit)
    const scannedBooks = connections.selectFrom(next.selectAll().limit(scanned).as('books'))
    const nearby = filterByPrefixes(scannedBooks as unknown as SelectBooks, prefixes)
    const { order, from } = range
    const nearest = await fetchFirst(applyBookRange(nearby, BOOK_ID, { order, from }))
    if (nearest.length === limit) return nearest
    const beyond = next.select('books.id').limit(1).offset(scanned)
    if (!(await beyond.executeTakeFirst())) return nearest
  }
  return fetchFirst(applyBookRange(query, sortId, range, isByAuthor || sortId !== BOOK_ID))
}

/**
 * Builds the query for matching books, with the index that narrows the result most: an author has fewer books than a word.
 * Each search word is the prefix of a word of the title or the author; `candidates` are the books among which those with
 * them match.
 */
function selectMatching(database: Database, criteria: BookCriteria) {
  const { author } = criteria
  const { prefixes, matchesNone } = parseCriteria(criteria)
  if (matchesNone) {
    const none = selectByAuthor(database, undefined).where(sql<boolean>`1 = 0`)
    return { query: none, sortId: BOOK_ID, candidates: none, prefixes: [] }
  }
  const candidates = selectByAuthor(database, author)
  if (author !== undefined || prefixes.length === 0)
    return { query: filterByPrefixes(candidates, prefixes), sortId: BOOK_ID, candidates, prefixes }
  const longPrefixes = prefixes.filter(({ prefix }) => prefix.length > MAX_SHORT_PREFIX)
  const indexed = longPrefixes.length > 0 ? longPrefixes : prefixes
  const { query, sortId } = database.dialectSql.searchWordIndex(database, indexed)
  const others = prefixes.filter((prefix) => !indexed.includes(prefix))
  return { query: filterByPrefixes(query, others), sortId, candidates, prefixes }
}

function selectByAuthor(database: Database, author: string | undefined): SelectBooks {
  const books = database.selectFrom('books')
  return author === undefined ? books : books.where('author', '=', author)
}

type ParsedCriteria = { readonly prefixes: readonly WordPrefix[]; readonly matchesNone: boolean }

const NO_CRITERIA: ParsedCriteria = { prefixes: [], matchesNone: false }

/** A page, its count and its flags have the same criteria, which are parsed once. */
const parsedCriteria = new WeakMap<BookCriteria, ParsedCriteria>()

function parseCriteria(criteria: BookCriteria): ParsedCriteria {
  const { author, authorWords = '', title = '' } = criteria
  if (author === undefined && authorWords === '' && title === '') return NO_CRITERIA
  const known = parsedCriteria.get(criteria)
  if (known) return known
  const prefixes = [...toPrefixes('words', title), ...toPrefixes('author_words', authorWords)]
  const isWordless = (column: WordColumn, text: string) =>
    text.trim() !== '' && !prefixes.some((prefix) => prefix.column === column)
  // No book matches a search without any word, or an author with NUL, which PostgreSQL does not accept in text.
  const matchesNone =
    author?.includes('\0') || isWordless('words', title) || isWordless('author_words', authorWords)
  const parsed = { prefixes, matchesNone }
  parsedCriteria.set(criteria, parsed)
  return parsed
}

function toPrefixes(column: WordColumn, text: string): WordPrefix[] {
  const normalized = text.trim().slice(0, MAX_SEARCH_LENGTH).normalize('NFKD').slice(0, MAX_SEARCH_LENGTH)
  const words = new Set(tokenize(normalized))
  return [...words].slice(0, MAX_SEARCH_WORDS).map((prefix) => ({ column, prefix }))
}

/** Matches books that have words with these prefixes, without an index. Prefixes contain nothing special to LIKE. */
function filterByPrefixes(query: SelectBooks, prefixes: readonly WordPrefix[]): SelectBooks {
  return prefixes.reduce(
    (filtered, { column, prefix }) =>
      filtered.where(sql<boolean>`' ' || ${sql.ref(`books.${column}`)} like ${`% ${prefix}%`}`),
    query,
  )
}

/** The column that a list is sorted by, before the id. */
const SORT_COLUMNS = { ID: undefined, NEWEST: 'books.added_at', TITLE: 'books.title_key' } as const

/**
 * Restricts a query to a range, sorted from the range's first end.
 * @param isNarrowed whether the query has an index that finds few books, so that it must not walk that of the order
 */
function applyBookRange(
  query: SelectBooks,
  sortId: RawBuilder<number>,
  { order = 'ID', from, after, before, includesBounds = false }: BookRange,
  isNarrowed = false,
): SelectBooks {
  const column = SORT_COLUMNS[order] && sql.ref(SORT_COLUMNS[order])
  const key = column && isNarrowed ? sql`(${column} || '')` : column
  const isDescending = order === 'NEWEST'
  const isBeyond = (id: number, isAfter: boolean) => {
    const operator = sql.raw((isAfter === isDescending ? '<' : '>') + (includesBounds ? '=' : ''))
    if (!key) return sql<boolean>`${sortId} ${operator} ${id}`
    const bound = sql`(select ${column} from books where books.id = ${id})`
    return sql<boolean>`(${key}, ${sortId}) ${operator} (${bound}, ${id})`
  }
  const direction = (from === 'start') === isDescending ? 'desc' : 'asc'
  let page = (key ? query.orderBy(key, direction) : query).orderBy(sortId, direction)
  if (after !== undefined) page = page.where(isBeyond(after, true))
  if (before !== undefined) page = page.where(isBeyond(before, false))
  return page
}
