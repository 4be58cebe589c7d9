import type { Clock } from '../../src/lib/clock.ts'

/** Time that passes when a test says so. It begins at the real one: tokens are signed by it. */
export function createTestClock(): Clock & {
  advance(milliseconds: number): Promise<void>
  shiftWallClock(milliseconds: number): void
} {
  const started = Math.floor(Date.now() / 1000) * 1000
  let elapsed = 0
  let skewed = 0
  let waiting: { readonly at: number; readonly run: () => void }[] = []
  return {
    now: () => started + elapsed + skewed,
    monotonicNow: () => elapsed,
    schedule(milliseconds, run) {
      const entry = { at: elapsed + milliseconds, run }
      waiting.push(entry)
      return () => {
        waiting = waiting.filter((one) => one !== entry)
      }
    },
    /** Runs what comes due on the way, each at its time. */
    async advance(milliseconds) {
      const end = elapsed + milliseconds
      for (;;) {
        const next = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        waiting = waiting.filter((one) => one !== next)
        elapsed = Math.max(elapsed, next.at)
        next.run()
        await settled()
      }
      elapsed = end
    },
    /** Sets the wall clock alone. */
    shiftWallClock(milliseconds) {
      skewed += milliseconds
    },
  }
}

/** What is waiting for no socket is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve))
