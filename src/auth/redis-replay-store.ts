import { Redis } from 'ioredis'
import { REPLAY_RETENTION_MS, type ReplayStore, replayStoreUnavailable } from './replay-store.ts'

/** Milliseconds: how long who looks at a set-up waits for each step. */
const LOOK_TIMEOUT_MS = 1_000
const GOODBYE_MS = 100
const MOST_BETWEEN_TRIES_MS = 2_000

export type RedisConnection = {
  /** The one connection, for others who count together over it; its keys have the product's prefix. */
  readonly client: object
  readonly isConnected: () => boolean
  readonly close: () => void
}

/**
 * A memory that many copies share. It starts without Redis and comes back with it: nothing waits in a queue, since who
 * asks is better told at once. Needs Redis 7 (`SET … NX GET`).
 * @param url `redis://` or `rediss://`; may hold a password, and is never printed
 * @param timeoutMs what one question may take, milliseconds
 * @param onError called with each fault of the connection
 * @returns the memory; `remember` throws `SERVICE_UNAVAILABLE` after that time at most when Redis is away
 */
export function createRedisReplayStore(
  url: string,
  timeoutMs: number,
  onError: (fault: unknown) => void,
): ReplayStore & RedisConnection {
  const redis = new Redis(url, {
    keyPrefix: 'fakebook:',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    disconnectTimeout: GOODBYE_MS,
    retryStrategy: (tries) => Math.min(100 * 2 ** tries, MOST_BETWEEN_TRIES_MS),
  })
  // ioredis hangs the command on its errors, and with it the password or a key: the words alone go on.
  const tell = (fault: unknown) => onError(new Error(`Redis: ${(fault as Error).message}`))
  redis.on('error', tell)
  return Object.freeze({
    client: redis,
    async putIfAbsent(key: string, value: string) {
      try {
        return (await redis.set(key, value, 'PX', REPLAY_RETENTION_MS, 'NX', 'GET')) ?? undefined
      } catch (fault) {
        tell(fault)
        throw replayStoreUnavailable()
      }
    },
    isConnected: () => redis.status === 'ready',
    close: () => redis.disconnect(),
  })
}

/**
 * Asks Redis for what doctor looks at, and writes nothing.
 * @returns its version, and what it does when its memory is full; undefined where it does not tell
 * @throws Error in whose message there is no password, after a second at most for each step
 */
export async function inspectRedis(
  url: string,
): Promise<{ readonly version: string; readonly policy: string | undefined }> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    connectTimeout: LOOK_TIMEOUT_MS,
    commandTimeout: LOOK_TIMEOUT_MS,
    disconnectTimeout: GOODBYE_MS,
    retryStrategy: () => null,
  })
  let last: unknown
  redis.on('error', (fault) => {
    last = fault
  })
  try {
    await redis.connect()
    const told = await redis.info()
    const said = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(told)?.[1]
    return { version: said('redis_version') ?? 'of an unknown version', policy: said('maxmemory_policy') }
  } catch (fault) {
    throw new Error(((last ?? fault) as Error).message)
  } finally {
    redis.disconnect()
  }
}
