import { type BatchLimits, createBatch, type UploadRow } from './batch.ts'
import type { BookRow } from './book-row.ts'
import type { InFlightBatches } from './in-flight-batches.ts'

/** Rows on their way into batches. */
export type BatchQueue = {
  /** What is returned must be waited for, before the next row. */
  readonly add: (row: BookRow) => Promise<void> | undefined
  /** Sends what there is, once there is room for it. */
  readonly flush: () => Promise<void>
  /** The first line that has not arrived; undefined when all have. */
  readonly firstUnsettledLine: () => number | undefined
}

/** Fills batches up to their limits, and sends them. */
export function createBatchQueue(
  limits: BatchLimits,
  inFlightBatches: InFlightBatches,
  assignIdempotencyKey: (row: BookRow) => UploadRow,
): BatchQueue {
  let batch = createBatch(limits)

  async function flush(): Promise<void> {
    const full = batch
    if (full.rows.length === 0) return
    await inFlightBatches.start(full)
    batch = createBatch(limits)
  }

  async function makeRoom({ id }: BookRow['input']): Promise<void> {
    await flush()
    // Of two books with the same id the first is taken: it must have arrived before the second is sent.
    if (id != null && inFlightBatches.hasId(id)) await inFlightBatches.waitForAll()
  }

  return {
    flush,
    add(row) {
      const one = assignIdempotencyKey(row)
      const { id } = row.input
      const isAgain = id != null && inFlightBatches.hasId(id)
      if (isAgain || !batch.fits(one)) return makeRoom(row.input).then(() => batch.add(one))
      batch.add(one)
      return undefined
    },
    firstUnsettledLine: () => inFlightBatches.firstUnsettledLine() ?? batch.rows[0]?.line,
  }
}
