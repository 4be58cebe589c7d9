import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../lib/clock.ts'
import type { Caller } from './validate-claims.ts'
import type { VerifyToken } from './verify-token.ts'

const MAX_AGE_MS = 60_000

type Entry = { readonly caller: Caller; readonly expiresAt: number; readonly since: number }

type Options = {
  readonly clock: Clock
  /** The most tokens that are remembered; the longest unused go first. */
  readonly limit: number
  /** Which key set is in use: when it changes, all that the last one signed is forgotten. */
  readonly generation: () => number
  readonly onHit: () => void
}

/** A check that remembers; how many tokens it does. */
export type CachedVerifyToken = ((token: string) => Caller | Promise<Caller>) & {
  readonly size: () => number
}

/**
 * Remembers verified tokens for a minute at most and never past their expiry. Refusals are not kept. It belongs to one
 * `verify`, and so to one policy. The key is the token's SHA-256: a dump of the memory's keys holds no token.
 */
export function cacheVerifiedTokens(
  verifyToken: VerifyToken,
  { clock, limit: maxEntries, generation: getKeySetGeneration, onHit }: Options,
): CachedVerifyToken {
  const entries = new LRUCache<string, Entry>({ max: maxEntries })
  let filledUnder = getKeySetGeneration()
  function verifyCached(token: string): Caller | Promise<Caller> {
    const current = getKeySetGeneration()
    if (current !== filledUnder) {
      entries.clear()
      filledUnder = current
    }
    const key = hash('sha256', token, 'base64')
    const hit = entries.get(key)
    if (hit && clock.now() < hit.expiresAt && clock.monotonicNow() - hit.since < MAX_AGE_MS) {
      onHit()
      return hit.caller
    }
    return verifyAnew(token, key, current)
  }
  async function verifyAnew(token: string, key: string, current: number): Promise<Caller> {
    const caller = await verifyToken(token)
    // A key that was withdrawn while it was used has signed nothing that stays.
    if (getKeySetGeneration() === current)
      entries.set(key, { caller, expiresAt: caller.expiresAt * 1000, since: clock.monotonicNow() })
    return caller
  }
  return Object.assign(verifyCached, { size: () => entries.size })
}
