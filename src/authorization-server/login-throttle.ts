import { LRUCache } from 'lru-cache'
import type { Clock } from '../lib/clock.ts'

const FREE_ATTEMPTS = 5
const FIRST_DELAY_MS = 30_000
const MAX_DELAY_MS = 15 * 60_000
const MAX_LOGINS = 10_000

/** Throttles failed sign-ins by login, known or unknown: after five in a row, each one doubles the delay. */
export function createLoginThrottle({ monotonicNow }: Clock) {
  const failures = new LRUCache<string, { readonly count: number; readonly at: number }>({ max: MAX_LOGINS })
  return {
    /** Returns the time until the next attempt; 0 when it is allowed now. */
    retryAfterMs(login: string): number {
      const { count, at } = failures.get(login) ?? { count: 0, at: 0 }
      if (count < FREE_ATTEMPTS) return 0
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (count - FREE_ATTEMPTS), MAX_DELAY_MS)
      return Math.max(0, at + delayMs - monotonicNow())
    },
    recordFailure(login: string): void {
      failures.set(login, { count: (failures.get(login)?.count ?? 0) + 1, at: monotonicNow() })
    },
    clearFailures: (login: string) => failures.delete(login),
  }
}
