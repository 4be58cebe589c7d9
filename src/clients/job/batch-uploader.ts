import { createBatchLimits, createIdempotencyKeyAssigner } from './batch.ts'
import { createBatchQueue } from './batch-queue.ts'
import { isRejectedRow, type ParsedRow, type RejectedRow } from './book-row.ts'
import { InterruptedError } from './errors.ts'
import type { ImportStats } from './import-stats.ts'
import { createInFlightBatches } from './in-flight-batches.ts'
import type { RejectsFile } from './rejects-file.ts'
import type { SendDocument } from './session.ts'
import { createUploadBatch } from './upload-batch.ts'

type Options = {
  readonly send: SendDocument
  readonly source: { readonly name: string }
  readonly rejects: RejectsFile
  readonly fromLine: number
  readonly maxInFlight: number
  readonly stats: ImportStats
  readonly abortController: AbortController
}

/** Takes rows in their order, and counts what becomes of them. The first fault stops all of it. */
export function createBatchUploader({
  send,
  source,
  rejects,
  fromLine,
  maxInFlight,
  stats,
  abortController,
}: Options) {
  let fault: unknown
  let nextLine = 1

  const fail = (error: unknown) => {
    if (!(error instanceof InterruptedError)) fault ??= error
    abortController.abort()
  }
  const outcome = counted(stats, rejects)
  const limits = createBatchLimits()
  const flying = createInFlightBatches(maxInFlight, createUploadBatch({ send, limits, ...outcome }), fail)
  const queue = createBatchQueue(limits, flying, createIdempotencyKeyAssigner(source.name))
  const settle = () => {
    stats.settledBefore = queue.firstUnsettledLine() ?? nextLine
  }

  return {
    fail,
    flush: queue.flush,
    /** What is returned must be waited for; most rows have nothing to wait for. */
    add(row: ParsedRow): Promise<void> | undefined {
      stats.read += 1
      let placed: Promise<void> | undefined
      if (row.line < fromLine) stats.skipped += 1
      else if (isRejectedRow(row)) outcome.onRejected([row])
      else placed = queue.add(row)
      nextLine = row.line + 1
      return placed?.then(settle)
    },
    /** Waits for what is under way. @throws what made the import fail */
    async finish(): Promise<void> {
      await flying.waitForAll()
      settle()
      if (fault) throw fault
    },
  }
}

const counted = (tally: ImportStats, rejects: RejectsFile) => ({
  onStored(rows: number): void {
    tally.stored += rows
  },
  onRejected(rows: readonly RejectedRow[]): void {
    rejects.add(rows)
    tally.rejected += rows.length
  },
})
