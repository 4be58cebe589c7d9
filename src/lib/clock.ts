/** A source of time, injected so that tests can advance it. */
export type Clock = {
  /** Wall-clock time in milliseconds since 1970. It can be set back. */
  readonly now: () => number
  /** Milliseconds on a monotonic clock, for measuring durations. */
  readonly monotonicNow: () => number
  /** Runs a function once after a delay, without keeping the process alive. Returns a function that cancels it. */
  readonly schedule: (milliseconds: number, run: () => void) => () => void
}

export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  schedule(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref()
    return () => clearTimeout(timer)
  },
} satisfies Clock)

/**
 * Creates a wall clock that is never set back: it follows the given clock forwards and keeps counting when that one is
 * set back.
 * @returns a function that returns milliseconds since 1970
 */
export function createSteadyNow({ now, monotonicNow }: Clock): () => number {
  let offset = now() - monotonicNow()
  return function steadyNow() {
    offset = Math.max(offset, now() - monotonicNow())
    return offset + monotonicNow()
  }
}

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
