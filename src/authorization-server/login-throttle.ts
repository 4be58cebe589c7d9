import { LRUCache } from 'lru-cache'
import type { Clock } from '../lib/clock.ts'

const FREE = 5
const FIRST_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 15 * 60_000
const MAX_LOGINS = 10_000

type Failed = { readonly count: number; readonly at: number }

/** Wrong passwords, by login, known or not: after five in a row each costs twice the wait of the one before. */
export type LoginThrottle = {
  /** Milliseconds until this login may be tried again; 0 when it may now. */
  retryAfterMs(login: string): number
  recordFailure(login: string): void
  clearFailures(login: string): void
}

export function createLoginThrottle({ monotonicNow }: Pick<Clock, 'monotonicNow'>): LoginThrottle {
  const failures = new LRUCache<string, Failed>({ max: MAX_LOGINS })
  return {
    retryAfterMs(login) {
      const { count, at } = failures.get(login) ?? { count: 0, at: 0 }
      if (count < FREE) return 0
      const wait = Math.min(FIRST_WAIT_MS * 2 ** (count - FREE), LONGEST_WAIT_MS)
      return Math.max(0, at + wait - monotonicNow())
    },
    recordFailure(login) {
      failures.set(login, { count: (failures.get(login)?.count ?? 0) + 1, at: monotonicNow() })
    },
    clearFailures(login) {
      failures.delete(login)
    },
  }
}
