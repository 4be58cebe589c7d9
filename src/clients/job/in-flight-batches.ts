import type { Batch } from './batch.ts'

/** Batches that are under way. */
export type InFlight = {
  /** Sends a batch once there is room for it. */
  readonly start: (batch: Batch) => Promise<void>
  /** Whether a book with this id is under way. */
  readonly has: (id: string | number) => boolean
  /** When all have arrived. */
  readonly settled: () => Promise<void>
  /** The first line that is under way; undefined when nothing is. */
  readonly firstLine: () => number | undefined
}

/**
 * Keeps a few batches under way at the same time.
 * @param failed called with the first fault of a batch, which then stays under way: it has not arrived
 */
export function createInFlight(
  most: number,
  deliver: (rows: Batch['rows']) => Promise<void>,
  failed: (fault: unknown) => void,
): InFlight {
  const running = new Map<Batch, Promise<void>>()
  const left = new Set<Batch>()

  async function run(batch: Batch): Promise<void> {
    try {
      await deliver(batch.rows)
    } catch (error) {
      left.add(batch)
      failed(error)
    }
    running.delete(batch)
  }

  return {
    async start(batch) {
      while (running.size >= most) await Promise.race(running.values())
      running.set(batch, run(batch))
    },
    has: (id) => [...running.keys()].some(({ ids }) => ids.has(id)),
    async settled() {
      await Promise.all(running.values())
    },
    firstLine() {
      const lines = [...running.keys(), ...left].map(({ rows }) => rows[0]?.line ?? Number.POSITIVE_INFINITY)
      return lines.length === 0 ? undefined : Math.min(...lines)
    },
  }
}
