import type { Batch } from './batch.ts'

/** Batches that are under way. */
export type InFlightBatches = {
  /** Sends a batch once there is room for it. */
  readonly start: (batch: Batch) => Promise<void>
  /** Whether a book with this id is under way. */
  readonly hasId: (id: string | number) => boolean
  /** When all have arrived. */
  readonly waitForAll: () => Promise<void>
  /** The first line that is under way; undefined when nothing is. */
  readonly firstUnsettledLine: () => number | undefined
}

/**
 * Keeps a few batches under way at the same time.
 * @param onError called with the first fault of a batch, which then stays under way: it has not arrived
 */
export function createInFlightBatches(
  maxInFlight: number,
  uploadBatch: (rows: Batch['rows']) => Promise<void>,
  onError: (fault: unknown) => void,
): InFlightBatches {
  const running = new Map<Batch, Promise<void>>()
  const left = new Set<Batch>()

  async function run(batch: Batch): Promise<void> {
    try {
      await uploadBatch(batch.rows)
    } catch (error) {
      left.add(batch)
      onError(error)
    }
    running.delete(batch)
  }

  return {
    async start(batch) {
      while (running.size >= maxInFlight) await Promise.race(running.values())
      running.set(batch, run(batch))
    },
    hasId: (id) => [...running.keys()].some(({ ids }) => ids.has(id)),
    async waitForAll() {
      await Promise.all(running.values())
    },
    firstUnsettledLine() {
      const lines = [...running.keys(), ...left].map(({ rows }) => rows[0]?.line ?? Number.POSITIVE_INFINITY)
      return lines.length === 0 ? undefined : Math.min(...lines)
    },
  }
}
