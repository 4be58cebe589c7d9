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
 * Creates the detection of times that occur twice because the wall clock was set back.
 * @param toleranceMs the most by which a clock that is only being adjusted goes back
 * @returns a function that returns true for a time that the wall clock may have shown before it was set back
 */
export function createRepeatedTimeCheck({ now, monotonicNow }: Clock, toleranceMs: number) {
  let offset = now() - monotonicNow()
  /** The latest time shown before the wall clock was set back. */
  let repeatedUntil = Number.NEGATIVE_INFINITY
  return function isRepeatedTime(time: number): boolean {
    const currentOffset = now() - monotonicNow()
    if (currentOffset > offset) offset = currentOffset
    if (currentOffset < offset - toleranceMs) {
      repeatedUntil = Math.max(repeatedUntil, offset + monotonicNow())
      offset = currentOffset
    }
    return time <= repeatedUntil
  }
}

/** Runs a background task at an interval, also after a failed run. Returns a function that stops it. */
export function startInterval(
  clock: Clock,
  intervalMs: number,
  run: () => Promise<void>,
  onError: (error: unknown) => void = () => undefined,
): () => void {
  let cancel = () => {}
  const scheduleNext = () => {
    cancel = clock.schedule(intervalMs, () => {
      run().catch(onError)
      scheduleNext()
    })
  }
  scheduleNext()
  return () => cancel()
}
