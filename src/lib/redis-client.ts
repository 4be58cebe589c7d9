import { Redis } from 'ioredis'

const INSPECT_TIMEOUT_MS = 1_000
/** No request waits for a connection, so it may take longer than a command. */
const CONNECT_TIMEOUT_MS = 1_000
const DISCONNECT_TIMEOUT_MS = 100
const MAX_RECONNECT_DELAY_MS = 2_000

/** The log of a connection. */
type Log = { readonly error: (error: unknown) => void; readonly info: (message: string) => void }

/** The connection to Redis, shared by everything that uses it. */
export type RedisConnection = ReturnType<typeof connectToRedis>

/**
 * A client that closes the connection when a command gets no reply in time, so that the commands in flight fail together
 * and further ones at once. It is used again when the server has answered the handshake of a new connection.
 */
class RedisWithDeadline extends Redis {
  readonly #timeoutMs: number

  constructor(url: string, timeoutMs: number) {
    super(url, {
      keyPrefix: 'fakebook:',
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      retryStrategy: (attempts) => Math.min(100 * 2 ** attempts, MAX_RECONNECT_DELAY_MS),
    })
    this.#timeoutMs = timeoutMs
  }

  /**
   * Sends every command, those of the handshake too. The timeouts of ioredis do not suffice: `commandTimeout` keeps the
   * connection, `socketTimeout` accepts late replies while any bytes arrive, and both ignore a reply that arrived while
   * the event loop was blocked.
   */
  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const [command] = args
    const result = super.sendCommand(...args)
    const closeIfUnanswered = () => {
      if (!command.isSettled) this.stream.destroy(new Error(`no reply within ${this.#timeoutMs} ms`))
    }
    // The event loop reads what has arrived before it runs immediates.
    const timer = setTimeout(() => setImmediate(closeIfUnanswered), this.#timeoutMs)
    const cancel = () => clearTimeout(timer)
    command.promise.then(cancel, cancel)
    return result
  }
}

/**
 * Connects to Redis in the background and reconnects after an outage. Commands are never queued: without a connection
 * they fail at once. Keys get the prefix `fakebook:`. Needs Redis 7 (`SET … NX GET`).
 * @param url `redis://` or `rediss://`; it may contain a password and is never logged
 * @param timeoutMs the limit for the reply to each command
 */
export function connectToRedis(url: string, timeoutMs: number, log: Log) {
  const client = new RedisWithDeadline(url, timeoutMs)
  /** The problems since the last connection: each is logged once. */
  const problems = new Set<string>()
  function report(problem: string) {
    if (problems.has(problem)) return
    problems.add(problem)
    // Not the error itself: ioredis attaches the command to it, with its password or key.
    log.error(new Error(`Redis: ${problem}. Check REDIS_URL.`))
  }
  client.on('error', ({ message }: Error) => report(message))
  client.on('reconnecting', () => {
    if (problems.size === 0) report('the connection was closed')
  })
  client.on('ready', () => {
    if (problems.size > 0) log.info('Redis is available again.')
    problems.clear()
  })
  return {
    client,
    isConnected: () => client.status === 'ready',
    /** Reports the error of a command that Redis rejected. The connection reports all others itself. */
    reportError(error: unknown) {
      if (error instanceof Error && error.name === 'ReplyError') report(error.message)
    },
    close: () => client.disconnect(),
  } as const
}

/**
 * Reads the version and the eviction policy of a Redis server, for `doctor`. Writes nothing.
 * @returns undefined for what the server does not report
 * @throws Error whose message contains no password, after 1 s at most for each step
 */
export async function inspectRedis(url: string) {
  const client = new Redis(url, {
    maxRetriesPerRequest: 0,
    connectTimeout: INSPECT_TIMEOUT_MS,
    commandTimeout: INSPECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
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
