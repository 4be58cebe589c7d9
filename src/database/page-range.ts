import type { Matching, Span } from './dialect.ts'

/** Those of the books whose ids are in the span, the first of it first. */
export function within(
  { query: all, id }: Omit<Matching, 'near'>,
  { from, after, before }: Span,
): Matching['query'] {
  let query = all.orderBy(id, from === 'start' ? 'asc' : 'desc')
  if (after !== undefined) query = query.where(id, '>', after)
  if (before !== undefined) query = query.where(id, '<', before)
  return query
}
