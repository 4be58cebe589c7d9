import type { Clock } from '../../lib/clock.ts'
import { InterruptedError, JobError, TransientError } from './errors.ts'
import type { SendDocument } from './session.ts'

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 30_000
const LONGEST_TIMER = 2 ** 31 - 1

export type RetryOptions = {
  readonly clock: Clock
  /** From 0 to 1: clients that failed together shall not come back together. */
  readonly random: () => number
  /** For how long nothing but faults is borne, milliseconds. */
  readonly giveUpAfterMs: number
  readonly signal: AbortSignal
  readonly report: (words: string) => void
}

/** Tries until it works: one pause for all who try at the same time. */
export type Retry = <T>(attempt: () => Promise<T>) => Promise<T>

/**
 * A pause is as long as the server asks for (RFC 9110 §10.2.3), else it doubles, less up to a half by chance.
 * @returns what throws InterruptedError instead of waiting or trying once it is told to stop, JobError when patience is at its
 *   end, and whatever the attempt throws that is no TransientError
 */
export function createRetry({ clock, random, giveUpAfterMs, signal, report }: RetryOptions): Retry {
  let until = 0
  let pauses = 0
  let inARow = 0
  let failingSince: number | undefined

  function failed(fault: TransientError, begun: number): void {
    const now = clock.monotonicNow()
    const asked = askedPause(fault.retryAfter, clock.now())
    failingSince ??= now
    // Others that were under way when a pause began have failed for the same reason: they don't make it longer.
    if (begun === pauses || asked !== undefined) {
      const own = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** inARow) * (1 - random() / 2)
      until = Math.max(until, now + (asked ?? own))
    }
    if (until - failingSince > giveUpAfterMs)
      throw new JobError(`Gave up after ${seconds(now - failingSince)} without an answer. ${fault.message}`)
    if (begun !== pauses) return
    pauses += 1
    inARow += 1
    report(`Trying again in ${seconds(until - now)}: ${fault.message}`)
  }

  return async function persist(attempt) {
    for (;;) {
      while (!signal.aborted && until > clock.monotonicNow())
        await passing(clock, until - clock.monotonicNow(), signal)
      if (signal.aborted) throw new InterruptedError()
      const begun = pauses
      try {
        const result = await attempt()
        failingSince = undefined
        inARow = 0
        return result
      } catch (error) {
        if (!(error instanceof TransientError)) throw error
        failed(error, begun)
      }
    }
  }
}

/** Asks again where an answer may come later. */
export const withRetry =
  (send: SendDocument, retry: Retry): SendDocument =>
  (document, variables) =>
    retry(() => send(document, variables))

/** Milliseconds, from seconds or a date; undefined when no pause is asked for. */
function askedPause(retryAfter: string | null, now: number): number | undefined {
  const asked = retryAfter?.trim() ?? ''
  if (/^\d+$/.test(asked)) return Number(asked) * 1_000 || undefined
  const date = Date.parse(asked)
  return Number.isNaN(date) || date <= now ? undefined : date - now
}

/** Ends when the time has passed, or at once when told to stop. */
function passing(clock: Clock, milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      cancel()
      stop.removeEventListener('abort', end)
      done()
    }
    const cancel = clock.schedule(Math.min(milliseconds, LONGEST_TIMER), end)
    stop.addEventListener('abort', end)
  })
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`
