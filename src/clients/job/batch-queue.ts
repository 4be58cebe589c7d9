import { type BatchLimits, createBatch, type KeyedRow } from './batch.ts'
import type { BookRow } from './book-row.ts'
import type { InFlight } from './in-flight-batches.ts'

/** Rows on their way into batches. */
export type Queue = {
  /** What is returned must be waited for, before the next row. */
  readonly place: (row: BookRow) => Promise<void> | undefined
  /** Sends what there is, once there is room for it. */
  readonly flush: () => Promise<void>
  /** The first line that has not arrived; undefined when all have. */
  readonly firstLine: () => number | undefined
}

/** Fills batches up to their limits, and sends them. */
export function createQueue(
  limits: BatchLimits,
  flying: InFlight,
  withKey: (row: BookRow) => KeyedRow,
): Queue {
  let batch = createBatch(limits)

  async function flush(): Promise<void> {
    const full = batch
    if (full.rows.length === 0) return
    await flying.start(full)
    batch = createBatch(limits)
  }

  async function makeRoom({ id }: BookRow['input']): Promise<void> {
    await flush()
    // Of two books with the same id the first is taken: it must have arrived before the second is sent.
    if (id != null && flying.has(id)) await flying.settled()
  }

  return {
    flush,
    place(row) {
      const one = withKey(row)
      const { id } = row.input
      const isAgain = id != null && flying.has(id)
      if (isAgain || !batch.fits(one)) return makeRoom(row.input).then(() => batch.add(one))
      batch.add(one)
      return undefined
    },
    firstLine: () => flying.firstLine() ?? batch.rows[0]?.line,
  }
}
