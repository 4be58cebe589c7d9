import type { Clock } from './clock.ts'

/**
 * Runs something again and again. What fails now is tried again the next time: nobody waits for it.
 * @returns what ends it
 */
export function repeated(clock: Clock, everyMs: number, run: () => Promise<void>): () => void {
  let cancel = () => {}
  const next = () => {
    cancel = clock.after(everyMs, () => {
      run().catch(() => undefined)
      next()
    })
  }
  next()
  return () => cancel()
}
