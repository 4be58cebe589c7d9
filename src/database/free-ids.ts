import type { Transaction } from 'kysely'
import type { Tables } from './tables.ts'

const CHUNK = 1_000

/**
 * Finds unused ids: those after the largest one. If there are too few, those after the largest one in the lower half,
 * quarter and so on of the id range, so that a client that takes the last id does not cause a scan of all books; at last
 * the first gaps.
 * @param reserved ids that this transaction is going to use
 */
export async function findFreeIds(
  transaction: Transaction<Tables>,
  count: number,
  reserved: ReadonlySet<number>,
): Promise<number[]> {
  if (count === 0) return []
  for (let end = Number.MAX_SAFE_INTEGER; end >= count; end = Math.floor(end / 2)) {
    const last = await findLastUsed(transaction, end, reserved)
    if (last <= end - count) return Array.from({ length: count }, (_, index) => last + 1 + index)
  }
  return findGaps(transaction, count, reserved)
}

/** Returns the largest used id up to `end`, or 0. */
async function findLastUsed(
  transaction: Transaction<Tables>,
  end: number,
  reserved: ReadonlySet<number>,
): Promise<number> {
  const { largest } = await transaction
    .selectFrom('books')
    .select(({ fn }) => fn.max('id').as('largest'))
    .where('id', '<=', end)
    .executeTakeFirstOrThrow()
  let last = largest ?? 0
  for (const id of reserved) if (id > last && id <= end) last = id
  return last
}

async function findGaps(
  transaction: Transaction<Tables>,
  count: number,
  reserved: ReadonlySet<number>,
): Promise<number[]> {
  const free: number[] = []
  let next = 1
  const collectUpTo = (end: number) => {
    for (; next < end && free.length < count; next += 1) if (!reserved.has(next)) free.push(next)
    next = end + 1
  }
  while (free.length < count) {
    const rows = await transaction
      .selectFrom('books')
      .select('id')
      .where('id', '>=', next)
      .orderBy('id')
      .limit(CHUNK)
      .execute()
    for (const { id } of rows) collectUpTo(id)
    if (rows.length < CHUNK) collectUpTo(Number.MAX_SAFE_INTEGER)
  }
  return free
}
