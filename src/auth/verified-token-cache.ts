import { LRUCache } from 'lru-cache'
import type { Clock } from '../lib/clock.ts'
import { MAX_JWS_LENGTH } from './compact-jws.ts'
import type { Caller, VerifyToken } from './verify-token.ts'

const MAX_AGE_MS = 60_000
/** Characters for each entry, on average. Most of Okta's access tokens have fewer than 1,000. */
const CHARACTERS_PER_ENTRY = 2_048

type Entry = { readonly caller: Caller; readonly validUntil: number }

type Options = {
  readonly clock: Clock
  /** The maximum number of tokens in the cache; the least recently used are evicted. */
  readonly maxEntries: number
  /** Returns the generation of the key set. The cache is cleared when it changes. */
  readonly getKeySetGeneration: () => number
  readonly onHit: () => void
}

/**
 * Caches the callers of verified tokens for up to a minute and never past their expiry. Rejections are not cached. The
 * cache belongs to one `verifyToken`, and so to one policy. Its keys are the tokens themselves: hashing one with SHA-256
 * takes longer than all other steps of a hit, and the process holds the tokens of its requests in any case.
 * @returns `verifyToken` behind the cache, which returns a cached caller synchronously; `size()` counts the entries
 */
export function cacheVerifiedTokens(
  verifyToken: VerifyToken,
  { clock, maxEntries, getKeySetGeneration, onHit }: Options,
) {
  const entries = new LRUCache<string, Entry>({
    max: maxEntries,
    // A token of any accepted length fits into the smallest cache.
    maxSize: Math.max(maxEntries * CHARACTERS_PER_ENTRY, MAX_JWS_LENGTH),
    sizeCalculation: (_, token) => token.length,
  })
  let cacheGeneration = getKeySetGeneration()
  function verifyCached(token: string): Caller | Promise<Caller> {
    const generation = getKeySetGeneration()
    if (generation !== cacheGeneration) {
      entries.clear()
      cacheGeneration = generation
    }
    const entry = entries.get(token)
    if (entry && clock.now() < entry.caller.expiresAt * 1000 && clock.monotonicNow() < entry.validUntil) {
      onHit()
      return entry.caller
    }
    return verifyAndCache(token, generation)
  }
  async function verifyAndCache(token: string, generation: number): Promise<Caller> {
    const caller = await verifyToken(token)
    // The key may have been withdrawn during verification.
    if (getKeySetGeneration() === generation)
      entries.set(token, { caller, validUntil: clock.monotonicNow() + MAX_AGE_MS })
    return caller
  }
  return Object.assign(verifyCached, { size: () => entries.size })
}
