import type { Clock } from '../../src/lib/clock.ts'

/** Creates a clock that only advances when the test says so. It starts at the real time, since tokens are signed with that. */
export function createTestClock(): Clock & {
  advance(milliseconds: number): Promise<void>
  shiftWallClock(milliseconds: number): void
} {
  const started = Math.floor(Date.now() / 1000) * 1000
  let elapsed = 0
  let shift = 0
  let timers: { readonly at: number; readonly run: () => void }[] = []
  return {
    now: () => started + elapsed + shift,
    monotonicNow: () => elapsed,
    schedule(milliseconds, run) {
      const timer = { at: elapsed + milliseconds, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    /** Runs the timers that become due, each at its time. */
    async advance(milliseconds) {
      const end = elapsed + milliseconds
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        elapsed = Math.max(elapsed, next.at)
        next.run()
        await runPendingPromises()
      }
      elapsed = end
    },
    /** Changes the wall clock, but not the monotonic clock. */
    shiftWallClock(milliseconds) {
      shift += milliseconds
    },
  }
}

/** Lets all work finish that does not wait for I/O. */
const runPendingPromises = () => new Promise((resolve) => setImmediate(resolve))
