import { Redis } from 'ioredis'
import { unavailable } from './refusal.ts'
import { type Memory, REMEMBERED_MS } from './token/memory.ts'

/** Milliseconds: what a request may wait for another machine. */
const TIMEOUT_MS = 1_000
const GOODBYE_MS = 100
const MOST_BETWEEN_TRIES_MS = 2_000

/**
 * A memory that many copies share. It starts without Redis and comes back with it: nothing waits in a queue, since who
 * asks is better told at once. Needs Redis 7 (`SET … NX GET`).
 * @param url `redis://` or `rediss://`; may hold a password, and is never printed
 */
export function redisMemory(
  url: string,
  onFault: (fault: unknown) => void,
): Memory & { readonly close: () => void } {
  const redis = new Redis(url, {
    keyPrefix: 'fakebook:',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    disconnectTimeout: GOODBYE_MS,
    retryStrategy: (tries) => Math.min(100 * 2 ** tries, MOST_BETWEEN_TRIES_MS),
  })
  redis.on('error', onFault)
  return Object.freeze({
    async remember(key: string, value: string) {
      try {
        return (await redis.set(key, value, 'PX', REMEMBERED_MS, 'NX', 'GET')) ?? undefined
      } catch (fault) {
        onFault(fault)
        throw unavailable('The memory of DPoP proofs', 5)
      }
    },
    close: () => redis.disconnect(),
  })
}
