import type { BookQuery, IdRange } from './dialect.ts'

/** Those of the books whose ids are in the span, the first of it first. */
export function applyIdRange(
  { query: all, sortId }: Omit<BookQuery, 'near'>,
  { from, after, before }: IdRange,
): BookQuery['query'] {
  let query = all.orderBy(sortId, from === 'start' ? 'asc' : 'desc')
  if (after !== undefined) query = query.where(sortId, '>', after)
  if (before !== undefined) query = query.where(sortId, '<', before)
  return query
}
