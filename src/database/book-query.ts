import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Tables } from './tables.ts'

type SelectBooks = SelectQueryBuilder<Tables, 'books', object>

/** A range of ids without its bounds, read from one end. */
export type IdRange = {
  readonly from: 'start' | 'end'
  readonly after: number | undefined
  readonly before: number | undefined
}

/** A query for matching books, with the expression that its pages are sorted by. */
export type BookQuery = {
  readonly query: SelectBooks
  readonly sortId: RawBuilder<number>
  /**
   * Builds a query that matches only the next books of the range, and one that finds a book after those. If the first
   * fills a page, or the second finds none, the whole `query` is not needed.
   */
  readonly scanNearby?: (
    range: IdRange,
    limit: number,
  ) => { readonly matching: SelectBooks; readonly beyond: SelectBooks }
}

export const BOOK_ID = sql<number>`books.id`

/** Restricts a query to a range of ids, sorted from the range's first end. */
export function applyIdRange(
  { query, sortId }: Pick<BookQuery, 'query' | 'sortId'>,
  { from, after, before }: IdRange,
): SelectBooks {
  let page = query.orderBy(sortId, from === 'start' ? 'asc' : 'desc')
  if (after !== undefined) page = page.where(sortId, '>', after)
  if (before !== undefined) page = page.where(sortId, '<', before)
  return page
}
