import { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'

/** The time for which a connection in use may be silent before the server is probed. */
const SLOW_MS = 300
const STEP_MS = 100
/** The time in which the server has to answer a probe, at least. */
const MIN_PROBE_MS = 1_000
/** The same limit as a multiple of the time that the server took for the last probe. */
const MAX_SLOWDOWN = 3
/** The time for which an answer is waited for, to learn how slow the server is. */
const MAX_PROBE_MS = 5_000
/** The time that a response may take in addition to the statement timeout. */
const RESPONSE_MARGIN_MS = 1_000

export type ConnectionWatchdog = ReturnType<typeof createConnectionWatchdog>

/**
 * Closes connections on which no answer will arrive. A cut network reports nothing, and a query would wait for minutes. So
 * while a connection in use is silent, the server is probed on another one. If it does not answer, the connections of all
 * pools are closed. If it does, the query is just slow, or only its connection is lost, for example behind a firewall that
 * dropped it. A server far away has more time to answer, once it has answered.
 */
export function createConnectionWatchdog(server: pg.ClientConfig) {
  const sockets = new Map<pg.PoolClient, Socket>()
  let lastAnswerMs = 0
  let probing: Promise<boolean> | undefined

  /** Probes the server once for all connections that are silent at the same time. */
  function isReachable(): Promise<boolean> {
    probing ??= probeServer().finally(() => {
      probing = undefined
    })
    return probing
  }

  async function probeServer(): Promise<boolean> {
    const bytesRead = countBytesRead()
    const limitMs = Math.min(Math.max(MIN_PROBE_MS, MAX_SLOWDOWN * lastAnswerMs), MAX_PROBE_MS)
    const hasAnswered = await probe(server, limitMs, (durationMs) => {
      lastAnswerMs = durationMs
    })
    // An answer to another query is as good.
    return hasAnswered || countBytesRead() > bytesRead
  }

  const countBytesRead = () => [...sockets.values()].reduce((sum, { bytesRead }) => sum + bytesRead, 0)

  return {
    /** @param timeoutMs the pool's statement timeout */
    watch(pool: pg.Pool, timeoutMs = Infinity): void {
      const maxSilenceMs = timeoutMs + RESPONSE_MARGIN_MS
      pool.on('connect', (client) => {
        if (!(client instanceof pg.Client) || !(client.connection.stream instanceof Socket)) return
        const socket = client.connection.stream
        sockets.set(client, socket)
        let silentMs = 0
        let lastTraffic = 0
        socket.on('timeout', async () => {
          const traffic = socket.bytesRead + socket.bytesWritten
          silentMs = traffic === lastTraffic ? silentMs + SLOW_MS : SLOW_MS
          lastTraffic = traffic
          if (!(await isReachable()))
            for (const one of sockets.values()) one.destroy(timedOut('the database server does not answer'))
          else if (silentMs >= maxSilenceMs) socket.destroy(timedOut('the connection is dead'))
          // Zero if the connection was released during the probe.
          else if (socket.timeout) socket.setTimeout(SLOW_MS)
        })
        // The server sends nothing after a fatal error: the next query has to get another connection.
        client.connection.on('errorMessage', ({ severity }: { severity?: unknown }) => {
          if (severity === 'FATAL' || severity === 'PANIC') void client.end()
        })
      })
      pool.on('acquire', (client) => void sockets.get(client)?.setTimeout(SLOW_MS))
      pool.on('release', (_, client) => void sockets.get(client)?.setTimeout(0))
      pool.on('remove', (client) => void sockets.delete(client))
    },
  }
}

const timedOut = (message: string) => Object.assign(new Error(message), { code: 'ETIMEDOUT' })

/**
 * Returns true if the server answers within the limit, even with an error.
 * @param onAnswer receives the time that the answer took, also after the limit
 */
async function probe(
  server: pg.ClientConfig,
  limitMs: number,
  onAnswer: (durationMs: number) => void,
): Promise<boolean> {
  const startMs = performance.now()
  const socket = new Socket()
  const client = new pg.Client({ ...server, stream: () => socket })
  client.on('error', () => undefined)
  const answered = new Promise<boolean>((resolve) => {
    socket.once('data', () => {
      onAnswer(performance.now() - startMs)
      resolve(true)
    })
    client.connect().catch(() => resolve(false))
  })
  const waitForAnswer = (milliseconds: number) => Promise.race([answered, waitInSteps(milliseconds)])
  const isReachable = await waitForAnswer(limitMs)
  const lateAnswer = isReachable ? Promise.resolve() : waitForAnswer(MAX_PROBE_MS - limitMs)
  void lateAnswer.then(() => socket.destroy())
  return isReachable
}

/** Resolves to false. Counts steps, because a blocked event loop receives no answers. */
async function waitInSteps(milliseconds: number): Promise<false> {
  for (let restMs = milliseconds; restMs > 0; restMs -= STEP_MS)
    await setTimeout(STEP_MS, undefined, { ref: false })
  return false
}
