import type { Clock } from '../../lib/clock.ts'
import { JobError, TransientError } from './errors.ts'

const INITIAL_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000

export type RetryOptions = {
  readonly clock: Clock
  /** Returns a number from 0 to 1. Jitter keeps clients that failed together from retrying together. */
  readonly random: () => number
  readonly giveUpAfterMs: number
  readonly signal: AbortSignal
  readonly report: (message: string) => void
}

/** Repeats an attempt until it succeeds. */
export type Retry = <T>(attempt: () => Promise<T>) => Promise<T>

/**
 * Creates a retry policy that all concurrent attempts share, so that they pause together. A pause lasts as long as
 * `Retry-After` asks for (RFC 9110 §10.2.3). Otherwise pauses grow exponentially, with up to 50 % jitter.
 * @throws (the returned function) the signal's reason once it is aborted, JobError after `giveUpAfterMs` of failures;
 *   errors of the attempt other than TransientError pass unchanged
 */
export function createRetry({ clock, random, giveUpAfterMs, signal, report }: RetryOptions): Retry {
  let pausedUntil = 0
  let consecutiveFailures = 0
  let failingSince: number | undefined

  function pauseAfter(error: TransientError): void {
    const now = clock.monotonicNow()
    const requestedMs = parseRetryAfter(error.retryAfter, clock.now())
    failingSince ??= now
    // Attempts that were in flight when a pause began failed for the same reason: they do not extend it.
    const isFirst = now >= pausedUntil
    if (isFirst || requestedMs !== undefined) {
      const backoffMs =
        Math.min(MAX_PAUSE_MS, INITIAL_PAUSE_MS * 2 ** consecutiveFailures) * (1 - random() / 2)
      pausedUntil = Math.max(pausedUntil, now + (requestedMs ?? backoffMs))
    }
    if (requestedMs !== undefined && requestedMs > giveUpAfterMs)
      throw new JobError(
        `The server asks to wait ${formatSeconds(requestedMs)}, longer than --patience allows. Run the job later, or raise --patience. ${error.message}`,
      )
    if (pausedUntil - failingSince > giveUpAfterMs) {
      const hasRetried = consecutiveFailures > 0
      const prefix = hasRetried ? `Gave up after ${formatSeconds(now - failingSince)} of retries. ` : ''
      throw new JobError(`${prefix}${error.message}`)
    }
    if (!isFirst) return
    consecutiveFailures += 1
    report(`Retrying in ${formatSeconds(pausedUntil - now)}: ${error.message}`)
  }

  return async function retry(attempt) {
    for (;;) {
      while (!signal.aborted && pausedUntil > clock.monotonicNow())
        await sleep(clock, pausedUntil - clock.monotonicNow(), signal)
      signal.throwIfAborted()
      try {
        const result = await attempt()
        failingSince = undefined
        consecutiveFailures = 0
        return result
      } catch (error) {
        if (!(error instanceof TransientError)) throw error
        pauseAfter(error)
      }
    }
  }
}

/** Converts seconds or a date to milliseconds from now; returns undefined when no pause is requested. */
function parseRetryAfter(retryAfter: string | null, now: number): number | undefined {
  const value = retryAfter?.trim() ?? ''
  if (/^\d+$/.test(value)) return Number(value) * 1_000 || undefined
  const date = Date.parse(value)
  return Number.isNaN(date) || date <= now ? undefined : date - now
}

/** Resolves after the time, or at once when the signal is aborted. */
function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.schedule(milliseconds, end)
    signal.addEventListener('abort', end)
  })
}

const formatSeconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`
