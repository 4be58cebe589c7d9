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

/**
 * Runs a background task at an interval, counted from the end of the last run, also of a failed one. Returns a function
 * that stops it.
 * @param run its signal is aborted when the task is stopped
 */
export function startInterval(
  clock: Clock,
  intervalMs: number,
  run: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void = () => undefined,
): () => void {
  const controller = new AbortController()
  let cancel = () => {}
  const scheduleNext = () => {
    if (controller.signal.aborted) return
    cancel = clock.schedule(intervalMs, () => {
      run(controller.signal)
        // A run that is stopped may find its resources closed.
        .catch((error) => controller.signal.aborted || onError(error))
        .then(scheduleNext)
    })
  }
  scheduleNext()
  return () => {
    controller.abort()
    cancel()
  }
}

/** The rest after a batch as a multiple of its duration: batches take a twentieth of the time. */
const REST_RATIO = 19
/** A batch that waited for a lock or a connection is not followed by a much longer rest. */
const MAX_REST_MS = 1_000

/**
 * Runs background work in batches until none is left or the signal is aborted, with time for requests between them:
 * a synchronous database blocks the event loop for each batch.
 * @param runBatch resolves to false when it found no work
 */
export async function runInBatches(
  clock: Clock,
  signal: AbortSignal,
  runBatch: () => Promise<boolean>,
): Promise<void> {
  while (!signal.aborted) {
    const startMs = clock.monotonicNow()
    if (!(await runBatch()) || signal.aborted) return
    const restMs = Math.min((clock.monotonicNow() - startMs) * REST_RATIO, MAX_REST_MS)
    await new Promise<void>((resolve) => clock.schedule(restMs, resolve))
  }
}
