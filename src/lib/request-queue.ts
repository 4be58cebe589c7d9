/** The event loop as the queue sees it; tests replace it. */
export type EventLoop = {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Runs a callback after the I/O events that are already pending. */
  readonly runAfterTurn: (callback: () => void) => void
}

const NODE_EVENT_LOOP: EventLoop = { now: () => performance.now(), runAfterTurn: setImmediate }

/**
 * Time spent on serving requests in one turn of the event loop before new ones are accepted. A longer turn delays
 * rejections; a much shorter one leaves too little time for serving.
 */
const TURN_MS = 10
/** Weight of the latest request in the moving average of the time that one takes. */
const AVERAGE_WEIGHT = 1 / 64
/** Caps one sample at this multiple of the average plus `MAX_SAMPLE_EXTRA_MS`: one slow request, or CPU time taken by another process, does not count as overload. */
const MAX_SAMPLE_FACTOR = 2
const MAX_SAMPLE_EXTRA_MS = 5
/** A shorter queue, such as a job's concurrent batches, does not count as overload, however long each request takes. */
const MIN_OVERLOADED_LENGTH = 10

export type QueueLimits = {
  /** Maximum time a request may wait for its turn before new ones are rejected. */
  readonly maxLoopDelayMs: number
  /** Requests that may be handled at the same time. */
  readonly maxInFlight: number
}

export type RequestQueue = ReturnType<typeof createRequestQueue>

/**
 * Creates the queue in front of the request handler. Few requests are started in each turn of the event loop, so that
 * rejections and health checks are answered in between. The delay of the loop is known in advance: the length of the
 * queue times the average time of a request.
 *
 * `@fastify/under-pressure` and `monitorEventLoopDelay` report the mean of the past second. By then a second of requests
 * is queued in the sockets, and for the next second all requests are rejected or none.
 */
export function createRequestQueue(
  { maxLoopDelayMs, maxInFlight }: QueueLimits,
  { now, runAfterTurn }: EventLoop = NODE_EVENT_LOOP,
) {
  const waiting: (() => void)[] = []
  let inFlight = 0
  /** Moving average of the milliseconds for which one request occupies the event loop. */
  let averageMs = 0
  let lastStartMs = 0
  /** Scheduled calls of `serveNext`. */
  let scheduled = 0
  /** Calls that remain in this turn. */
  let remaining = 0

  function schedule(): void {
    // At least two, so that the average can be measured; all of them until it is known.
    if (scheduled >= Math.min(waiting.length, Math.max(2, TURN_MS / averageMs))) return
    scheduled += 1
    runAfterTurn(serveNext)
  }

  function serveNext(): void {
    const startMs = now()
    // The time between two turns is spent on other events and is no sample.
    if (remaining === 0) remaining = scheduled
    else {
      const sampleMs = Math.min(startMs - lastStartMs, MAX_SAMPLE_FACTOR * averageMs + MAX_SAMPLE_EXTRA_MS)
      averageMs += (sampleMs - averageMs) * AVERAGE_WEIGHT
    }
    lastStartMs = startMs
    remaining -= 1
    scheduled -= 1
    const serve = waiting.shift()
    schedule()
    serve?.()
  }

  return {
    /** Queues a request; `serve` is called when it is its turn. Returns false if the request has to be rejected. */
    tryEnqueue(serve: () => void): boolean {
      const isLate = waiting.length >= MIN_OVERLOADED_LENGTH && waiting.length * averageMs > maxLoopDelayMs
      if (isLate || waiting.length + inFlight >= maxInFlight) return false
      waiting.push(serve)
      schedule()
      return true
    },
    /** Returns the number of requests between `acquire` and `release`. */
    countInFlight: () => inFlight,
    isFull: () => inFlight >= maxInFlight,
    acquire() {
      inFlight += 1
    },
    release() {
      inFlight -= 1
    },
  } as const
}

/** Value of Retry-After: a full queue is served within a second. */
export const SHED_RETRY_AFTER_SECONDS = '1'
