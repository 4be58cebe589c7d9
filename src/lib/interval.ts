import type { Clock } from './clock.ts'

/**
 * Runs something again and again. What fails now is tried again the next time: nobody waits for it.
 * @returns what ends it
 */
export function startInterval(clock: Clock, intervalMs: number, run: () => Promise<void>): () => void {
  let cancel = () => {}
  const next = () => {
    cancel = clock.schedule(intervalMs, () => {
      run().catch(() => undefined)
      next()
    })
  }
  next()
  return () => cancel()
}
