import { keyed, startLimits } from './batch.ts'
import { createQueue } from './batch-queue.ts'
import { isRejected, type RejectedRow, type Row } from './book-row.ts'
import { Stopped } from './errors.ts'
import type { Tally } from './import-stats.ts'
import { createInFlight } from './in-flight-batches.ts'
import type { Rejects } from './rejects-file.ts'
import type { Ask } from './session.ts'
import { createDelivery } from './upload-batch.ts'

type Options = {
  readonly ask: Ask
  readonly source: { readonly name: string }
  readonly rejects: Rejects
  readonly fromLine: number
  readonly inFlight: number
  readonly tally: Tally
  readonly stop: AbortController
}

/** Takes rows in their order, and counts what becomes of them. The first fault stops all of it. */
export function createSender({ ask, source, rejects, fromLine, inFlight, tally, stop }: Options) {
  let fault: unknown
  let nextLine = 1

  const fail = (error: unknown) => {
    if (!(error instanceof Stopped)) fault ??= error
    stop.abort()
  }
  const outcome = counted(tally, rejects)
  const limits = startLimits()
  const flying = createInFlight(inFlight, createDelivery({ ask, limits, ...outcome }), fail)
  const queue = createQueue(limits, flying, keyed(source.name))
  const settle = () => {
    tally.settledBefore = queue.firstLine() ?? nextLine
  }

  return {
    fail,
    flush: queue.flush,
    /** What is returned must be waited for; most rows have nothing to wait for. */
    take(row: Row): Promise<void> | undefined {
      tally.read += 1
      let placed: Promise<void> | undefined
      if (row.line < fromLine) tally.skipped += 1
      else if (isRejected(row)) outcome.rejected([row])
      else placed = queue.place(row)
      nextLine = row.line + 1
      return placed?.then(settle)
    },
    /** Waits for what is under way. @throws what made the import fail */
    async finish(): Promise<void> {
      await flying.settled()
      settle()
      if (fault) throw fault
    },
  }
}

const counted = (tally: Tally, rejects: Rejects) => ({
  stored(rows: number): void {
    tally.stored += rows
  },
  rejected(rows: readonly RejectedRow[]): void {
    rejects.add(rows)
    tally.rejected += rows.length
  },
})
