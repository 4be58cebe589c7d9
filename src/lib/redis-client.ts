import { Redis } from 'ioredis'

const INSPECT_TIMEOUT_MS = 1_000
const DISCONNECT_TIMEOUT_MS = 100
const MAX_RECONNECT_DELAY_MS = 2_000

/** The connection to Redis, shared by everything that uses it. */
export type RedisConnection = ReturnType<typeof connectToRedis>

/**
 * Connects to Redis in the background and reconnects after an outage. Commands are never queued: without a connection
 * they fail at once. Keys get the prefix `fakebook:`. Needs Redis 7 (`SET … NX GET`).
 * @param url `redis://` or `rediss://`; it may contain a password and is never logged
 * @param timeoutMs the limit for connecting and for each command
 */
export function connectToRedis(url: string, timeoutMs: number, onError: (error: unknown) => void) {
  const client = new Redis(url, {
    ...createOptions(timeoutMs),
    keyPrefix: 'fakebook:',
    enableOfflineQueue: false,
    retryStrategy: (attempts) => Math.min(100 * 2 ** attempts, MAX_RECONNECT_DELAY_MS),
  })
  /** Reports an error of the connection or of a command. ioredis attaches the command, with its password or key, to it. */
  const reportError = (error: unknown) =>
    onError(new Error(`Redis: ${(error as Error).message}. Check REDIS_URL.`))
  client.on('error', reportError)
  return {
    client,
    isConnected: () => client.status === 'ready',
    reportError,
    close: () => client.disconnect(),
  } as const
}

const createOptions = (timeoutMs: number) => ({
  maxRetriesPerRequest: 0,
  connectTimeout: timeoutMs,
  commandTimeout: timeoutMs,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
})

/**
 * Reads the version and the eviction policy of a Redis server, for `doctor`. Writes nothing.
 * @returns undefined for what the server does not report
 * @throws Error whose message contains no password, after 1 s at most for each step
 */
export async function inspectRedis(url: string) {
  const client = new Redis(url, {
    ...createOptions(INSPECT_TIMEOUT_MS),
    lazyConnect: true,
    retryStrategy: () => null,
  })
  let connectionError: unknown
  client.on('error', (error) => {
    connectionError = error
  })
  try {
    await client.connect()
    const info = await client.info()
    const read = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]
    return { version: read('redis_version'), policy: read('maxmemory_policy') }
  } catch (error) {
    throw new Error(((connectionError ?? error) as Error).message)
  } finally {
    client.disconnect()
  }
}
