import type { Clock } from './clock.ts'

/**
 * Runs a background task at an interval. Errors are ignored: the next run tries again.
 * @returns a function that stops it
 */
export function startInterval(clock: Clock, intervalMs: number, run: () => Promise<void>): () => void {
  let cancel = () => {}
  const scheduleNext = () => {
    cancel = clock.schedule(intervalMs, () => {
      run().catch(() => undefined)
      scheduleNext()
    })
  }
  scheduleNext()
  return () => cancel()
}
