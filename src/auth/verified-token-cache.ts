import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../lib/clock.ts'
import type { Caller } from './caller.ts'
import type { VerifyToken } from './verify-token.ts'

const MAX_AGE_MS = 60_000

type Entry = { readonly caller: Caller; readonly expiresAtMs: number; readonly cachedAt: number }

type Options = {
  readonly clock: Clock
  /** The most tokens in the cache; the least recently used are evicted. */
  readonly maxEntries: number
  /** Returns the generation of the key set. The cache is cleared when it changes. */
  readonly getKeySetGeneration: () => number
  readonly onHit: () => void
}

/** A `VerifyToken` with a cache: it returns a cached caller synchronously. */
export type CachedVerifyToken = ((token: string) => Caller | Promise<Caller>) & {
  readonly size: () => number
}

/**
 * Caches the callers of verified tokens for up to a minute and never past their expiry. Rejections are not cached. The
 * cache belongs to one `verifyToken`, and so to one policy. Its keys are the SHA-256 of tokens, so that a dump of them
 * contains no token.
 */
export function cacheVerifiedTokens(
  verifyToken: VerifyToken,
  { clock, maxEntries, getKeySetGeneration, onHit }: Options,
): CachedVerifyToken {
  const entries = new LRUCache<string, Entry>({ max: maxEntries })
  let cacheGeneration = getKeySetGeneration()
  function verifyCached(token: string): Caller | Promise<Caller> {
    const generation = getKeySetGeneration()
    if (generation !== cacheGeneration) {
      entries.clear()
      cacheGeneration = generation
    }
    const key = hash('sha256', token, 'base64')
    const entry = entries.get(key)
    if (entry && clock.now() < entry.expiresAtMs && clock.monotonicNow() - entry.cachedAt < MAX_AGE_MS) {
      onHit()
      return entry.caller
    }
    return verifyAndCache(token, key, generation)
  }
  async function verifyAndCache(token: string, key: string, generation: number): Promise<Caller> {
    const caller = await verifyToken(token)
    // The key may have been withdrawn during verification.
    if (getKeySetGeneration() === generation)
      entries.set(key, { caller, expiresAtMs: caller.expiresAt * 1000, cachedAt: clock.monotonicNow() })
    return caller
  }
  return Object.assign(verifyCached, { size: () => entries.size })
}
