import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Authenticate, Caller } from './bearer.ts'

/**
 * Remembers who a header speaks for, no longer than the token lives. The key is a hash, so that no token stays in memory.
 * Refusals are not kept.
 */
export function cached(authenticate: Authenticate): Authenticate {
  const known = new LRUCache<string, Caller>({ max: 1000 })
  return async function authenticateCached(header) {
    if (header === undefined) return authenticate(header)
    const key = createHash('sha256').update(header).digest('base64')
    const hit = known.get(key)
    if (hit !== undefined) return hit
    const caller = await authenticate(header)
    known.set(key, caller, { ttl: Math.max(1, caller.expires * 1000 - Date.now()) })
    return caller
  }
}
