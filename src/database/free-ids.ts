import type { Transaction } from 'kysely'
import type { Tables } from './tables.ts'

const CHUNK = 1_000

/**
 * Ids that no book has: those behind the largest. Where that leaves no room, those behind the largest in the lower half,
 * quarter, … of all ids: whoever takes the last one makes nobody look through the books. Else the first gaps.
 * @param taken ids that will be taken meanwhile
 */
export async function findFreeIds(
  transaction: Transaction<Tables>,
  count: number,
  taken: ReadonlySet<number>,
): Promise<number[]> {
  if (count === 0) return []
  for (let end = Number.MAX_SAFE_INTEGER; end >= count; end = Math.floor(end / 2)) {
    const last = await lastUpTo(transaction, end, taken)
    if (last <= end - count) return Array.from({ length: count }, (_, index) => last + 1 + index)
  }
  return gaps(transaction, count, taken)
}

/** The largest id up to this one that is taken; 0: none. */
async function lastUpTo(
  transaction: Transaction<Tables>,
  end: number,
  taken: ReadonlySet<number>,
): Promise<number> {
  const { largest } = await transaction
    .selectFrom('books')
    .select((all) => all.fn.max('id').as('largest'))
    .where('id', '<=', end)
    .executeTakeFirstOrThrow()
  let last = largest ?? 0
  for (const id of taken) if (id > last && id <= end) last = id
  return last
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
