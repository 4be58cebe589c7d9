import type { Transaction } from 'kysely'
import type { Tables } from './tables.ts'

const CHUNK = 1_000

/**
 * Ids that no book has: those behind the largest, or the first gaps once the largest possible is taken.
 * @param taken ids that will be taken meanwhile
 */
export async function freeIds(
  transaction: Transaction<Tables>,
  count: number,
  taken: ReadonlySet<number>,
): Promise<number[]> {
  if (count === 0) return []
  const { largest } = await transaction
    .selectFrom('books')
    .select((all) => all.fn.max('id').as('largest'))
    .executeTakeFirstOrThrow()
  let last = largest ?? 0
  for (const id of taken) if (id > last) last = id
  if (last <= Number.MAX_SAFE_INTEGER - count)
    return Array.from({ length: count }, (_, index) => last + 1 + index)
  return gaps(transaction, count, taken)
}

async function gaps(
  transaction: Transaction<Tables>,
  count: number,
  taken: ReadonlySet<number>,
): Promise<number[]> {
  const free: number[] = []
  let next = 1
  const upTo = (end: number) => {
    for (; next < end && free.length < count; next += 1) if (!taken.has(next)) free.push(next)
    next = end + 1
  }
  while (free.length < count) {
    const ids = transaction
      .selectFrom('books')
      .select('id')
      .where('id', '>=', next)
      .orderBy('id')
      .limit(CHUNK)
    const rows = await ids.execute()
    for (const { id } of rows) upTo(id)
    if (rows.length < CHUNK) upTo(Number.MAX_SAFE_INTEGER)
  }
  return free
}
