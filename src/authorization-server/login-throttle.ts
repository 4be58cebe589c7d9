import type { Clock } from '../lib/clock.ts'
import { type EmbeddedUser, findUser } from './clients-and-users.ts'

const FREE_ATTEMPTS = 5
const FIRST_DELAY_MS = 30_000
const MAX_DELAY_MS = 15 * 60_000
/** The time after which failures are forgotten. */
const MAX_AGE_MS = 2 * MAX_DELAY_MS
const NO_FAILURES = { count: 0, at: 0 }

/**
 * Throttles failed sign-ins by login: after five in a row, each one doubles the delay. All unknown logins are counted
 * together, so that no number of them takes memory or displaces the count of a user.
 */
export function createLoginThrottle({ monotonicNow }: Clock) {
  /** The failures of unknown logins have the key undefined. */
  const failures = new Map<EmbeddedUser | undefined, { readonly count: number; readonly at: number }>()
  function readFailures(user: EmbeddedUser | undefined) {
    const entry = failures.get(user)
    return entry && monotonicNow() - entry.at < MAX_AGE_MS ? entry : NO_FAILURES
  }
  return {
    /** Returns the time until the next attempt; 0 when it is allowed now. */
    retryAfterMs(login: string): number {
      const { count, at } = readFailures(findUser(login))
      if (count < FREE_ATTEMPTS) return 0
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (count - FREE_ATTEMPTS), MAX_DELAY_MS)
      return Math.max(0, at + delayMs - monotonicNow())
    },
    recordFailure(login: string): void {
      const user = findUser(login)
      failures.set(user, { count: readFailures(user).count + 1, at: monotonicNow() })
    },
    clearFailures: (login: string) => failures.delete(findUser(login)),
  }
}
