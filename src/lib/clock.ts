/** Time, as a room is given it: a test has hours pass at once. */
export type Clock = {
  /** Milliseconds since 1970, as tokens tell time. It can be set back. */
  readonly now: () => number
  /** Milliseconds that only grow: what ages are measured with. */
  readonly monotonicNow: () => number
  /** Runs once after so many milliseconds, without keeping the process alive; what it returns calls that off. */
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
 * Wall time that is never set back: it follows a clock that is set forward, and goes on past one that is set back.
 * @returns milliseconds since 1970
 */
export function createSteadyNow({ now, monotonicNow }: Clock): () => number {
  let latest = now() - monotonicNow()
  return function steadyNow() {
    latest = Math.max(latest, now() - monotonicNow())
    return latest + monotonicNow()
  }
}
