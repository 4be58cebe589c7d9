/** What is told of time, so that tests can tell it otherwise. */
export type Loop = {
  /** Milliseconds from some moment on; they never go back. */
  readonly now: () => number
  /** Calls back when the event loop has seen to all that had come. */
  readonly atTurnEnd: (done: () => void) => void
}

const REAL_LOOP: Loop = { now: () => performance.now(), atTurnEnd: setImmediate }

/** A turn that takes this many times the limit is too long, whatever was before it. */
const FAR_TOO_LATE = 5

type Limits = {
  /** Milliseconds. */
  readonly loopDelayMs: number
  /** Requests that may be under way at once. */
  readonly inFlight: number
}

export type Overload = {
  /** Whether a request that comes now is one too many; asked once for each. */
  readonly isTooMuch: () => boolean
  /** Whether as many are under way as may be. */
  readonly isFull: () => boolean
  readonly begin: () => void
  readonly end: () => void
}

/**
 * Knows when the server has more to do than it can. In one turn of the event loop all requests are seen to that came
 * since the last: how long the turn has taken until now is how long the next one in it has waited at least. A turn is
 * late when it takes longer than the limit, and what comes later in it is too much, if the turn before was late as well:
 * a single long piece of work is no reason to refuse those who came meanwhile.
 *
 * `@fastify/under-pressure` and `monitorEventLoopDelay` tell the mean of a second that is over. By then the queue is a
 * second long, and the answer is the same for a whole second, all or none: half of what could be served is refused.
 */
export function createOverload(limits: Limits, { now, atTurnEnd }: Loop = REAL_LOOP): Overload {
  let began: number | undefined
  let lateUntil = Number.NEGATIVE_INFINITY
  let inFlight = 0
  const isFull = () => inFlight >= limits.inFlight

  function endTurn(): void {
    const at = now()
    if (began !== undefined && at - began > limits.loopDelayMs) lateUntil = at
    began = undefined
  }

  function isLate(): boolean {
    const at = now()
    if (began === undefined) {
      began = at
      atTurnEnd(endTurn)
      return false
    }
    const late = at - began
    if (late <= limits.loopDelayMs) return false
    const again = began - lateUntil < limits.loopDelayMs
    return again || late > FAR_TOO_LATE * limits.loopDelayMs
  }

  return Object.freeze({
    // Each request is looked at for lateness, full or not: a turn begins with its first.
    isTooMuch: () => isLate() || isFull(),
    isFull,
    begin() {
      inFlight += 1
    },
    end() {
      inFlight -= 1
    },
  } satisfies Overload)
}
