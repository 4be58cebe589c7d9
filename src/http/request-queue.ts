/** What is told of time, so that tests can tell it otherwise. */
export type EventLoop = {
  /** Milliseconds from some moment on; they never go back. */
  readonly now: () => number
  /** Calls back when the event loop has seen to all that had come. */
  readonly runAfterTurn: (serve: () => void) => void
}

const REAL_LOOP: EventLoop = { now: () => performance.now(), runAfterTurn: setImmediate }

/**
 * Milliseconds: how long requests are served before the loop looks at what has come meanwhile. Longer, and a refusal takes
 * longer; much shorter, and to look and to refuse takes the time that is there to serve.
 */
const TURN_MS = 10
/** How much the latest request says of how long one takes. */
const WEIGHT = 1 / 64
/** And what it may say at most: a long one, or a core that was taken away, must not refuse those behind it. */
const MOST_TIMES = 2
const MOST_MS = 5

/** Seconds: by then a queue that was full a moment ago is long served. */
export const SHED_RETRY_AFTER_SECONDS = '1'

/** So few are no overload, however long each takes: batches that a job sends beside each other. */
const FEW = 10

type Limits = {
  /** How long a request may have to wait for its turn, milliseconds. */
  readonly maxLoopDelayMs: number
  /** Requests that may be under way at once. */
  readonly maxInFlight: number
}

export type RequestQueue = {
  /**
   * Has a request served when it is its turn.
   * @returns false when it is one too many, and is not served
   */
  readonly tryEnqueue: (serve: () => void) => boolean
  /** How many are under way. */
  readonly inFlightCount: () => number
  /** Whether as many are under way as may be. */
  readonly isFull: () => boolean
  readonly acquire: () => void
  readonly release: () => void
}

/**
 * Requests wait here for the event loop, and are few in each of its turns, so that what comes is refused, and health
 * answered, in the time of a few requests. Where they wait, how late the loop runs is known before it is: as long as the
 * line, times the time that the latest ones took each.
 *
 * `@fastify/under-pressure` and `monitorEventLoopDelay` tell the mean of a second that is over. By then the queue is a
 * second long, in the sockets, where a refusal waits like anyone; and the answer is the same for a whole second, all or
 * none.
 */
export function createRequestQueue(
  limits: Limits,
  { now, runAfterTurn }: EventLoop = REAL_LOOP,
): RequestQueue {
  const line: (() => void)[] = []
  let inFlight = 0
  /** Milliseconds that one request takes the loop, beside what it waits for. */
  let each = 0
  let last = 0
  /** How many are asked for; of them, how many are left of this turn of the loop. */
  let asked = 0
  let left = 0

  function askForTurn(): void {
    // Two at least, so that how long one takes is always known; and as many as there are until it is.
    if (asked >= Math.min(line.length, Math.max(2, TURN_MS / each))) return
    asked += 1
    runAfterTurn(serveNext)
  }

  function serveNext(): void {
    const at = now()
    // Between two turns the loop sees to others: to refuse them must not look as if to serve took longer.
    if (left === 0) left = asked
    else each += (Math.min(at - last, MOST_TIMES * each + MOST_MS) - each) * WEIGHT
    last = at
    left -= 1
    asked -= 1
    const serve = line.shift()
    askForTurn()
    serve?.()
  }

  return Object.freeze({
    tryEnqueue(serve) {
      const late = line.length >= FEW && line.length * each > limits.maxLoopDelayMs
      if (late || line.length + inFlight >= limits.maxInFlight) return false
      line.push(serve)
      askForTurn()
      return true
    },
    inFlightCount: () => inFlight,
    isFull: () => inFlight >= limits.maxInFlight,
    acquire() {
      inFlight += 1
    },
    release() {
      inFlight -= 1
    },
  } satisfies RequestQueue)
}
