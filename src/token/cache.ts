import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Caller } from './claims.ts'
import type { Verify } from './verify.ts'

const MAX_TOKENS = 10_000
const MAX_AGE_MS = 60_000

type Entry = { readonly caller: Caller; readonly until: number; readonly generation: number }

type Options = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Which key set is in use: what another one signed is checked again. */
  readonly generation: () => number
}

/**
 * Remembers verified tokens for a minute at most and never past their expiry. Refusals are not kept.
 * The key is the token's SHA-256: a dump of the memory's keys holds no token.
 */
export function cached(verify: Verify, { now, generation }: Options): Verify {
  const entries = new LRUCache<string, Entry>({ max: MAX_TOKENS })
  return async function verifyCached(token) {
    const key = hash('sha256', token, 'base64')
    const hit = entries.get(key)
    if (hit && now() < hit.until && hit.generation === generation()) return hit.caller
    const before = generation()
    const caller = await verify(token)
    const until = Math.min(caller.expiresAt * 1000, now() + MAX_AGE_MS)
    entries.set(key, { caller, until, generation: Math.max(before, generation()) })
    return caller
  }
}
