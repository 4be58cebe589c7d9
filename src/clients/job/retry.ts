import type { Clock } from '../../lib/clock.ts'
import { JobFault, PassingFault, Stopped } from './errors.ts'
import type { Ask } from './session.ts'

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 30_000
const LONGEST_TIMER = 2 ** 31 - 1

export type PaceOptions = {
  readonly clock: Clock
  /** From 0 to 1: clients that failed together shall not come back together. */
  readonly random: () => number
  /** For how long nothing but faults is borne, milliseconds. */
  readonly patience: number
  readonly stop: AbortSignal
  readonly tell: (words: string) => void
}

/** Tries until it works: one pause for all who try at the same time. */
export type Pace = <T>(attempt: () => Promise<T>) => Promise<T>

/**
 * A pause is as long as the server asks for (RFC 9110 §10.2.3), else it doubles, less up to a half by chance.
 * @returns what throws Stopped instead of waiting or trying once it is told to stop, JobFault when patience is at its
 *   end, and whatever the attempt throws that is no PassingFault
 */
export function createPace({ clock, random, patience, stop, tell }: PaceOptions): Pace {
  let until = 0
  let pauses = 0
  let inARow = 0
  let failingSince: number | undefined

  function failed(fault: PassingFault, begun: number): void {
    const now = clock.elapsed()
    const asked = askedPause(fault.retryAfter, clock.now())
    failingSince ??= now
    // Others that were under way when a pause began have failed for the same reason: they don't make it longer.
    if (begun === pauses || asked !== undefined) {
      const own = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** inARow) * (1 - random() / 2)
      until = Math.max(until, now + (asked ?? own))
    }
    if (until - failingSince > patience)
      throw new JobFault(`Gave up after ${seconds(now - failingSince)} without an answer. ${fault.message}`)
    if (begun !== pauses) return
    pauses += 1
    inARow += 1
    tell(`Trying again in ${seconds(until - now)}: ${fault.message}`)
  }

  return async function persist(attempt) {
    for (;;) {
      while (!stop.aborted && until > clock.elapsed()) await passing(clock, until - clock.elapsed(), stop)
      if (stop.aborted) throw new Stopped()
      const begun = pauses
      try {
        const result = await attempt()
        failingSince = undefined
        inARow = 0
        return result
      } catch (error) {
        if (!(error instanceof PassingFault)) throw error
        failed(error, begun)
      }
    }
  }
}

/** Asks again where an answer may come later. */
export const patient =
  (ask: Ask, pace: Pace): Ask =>
  (document, variables) =>
    pace(() => ask(document, variables))

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
    const cancel = clock.after(Math.min(milliseconds, LONGEST_TIMER), end)
    stop.addEventListener('abort', end)
  })
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`
