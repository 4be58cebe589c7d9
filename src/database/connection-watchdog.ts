import { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'

/** The time for which a connection in use may be silent before the server is probed. */
const SLOW_MS = 300
const STEP_MS = 100
/** The steps for which the server has to answer. Counted in steps: a blocked event loop does not receive answers. */
const PROBE_STEPS = 4
/** The time that a response may take in addition to the statement timeout. */
const RESPONSE_MARGIN_MS = 1_000

/**
 * Closes connections on which no answer will arrive. A cut network reports nothing, and a query would wait for minutes. So
 * while a connection in use is silent, the server is probed on another one. If it does not answer, all connections are
 * closed. If it does, the query is just slow, or only its connection is lost, for example behind a firewall that dropped it.
 * @param timeoutMs the statement timeout
 */
export function watchConnections(pool: pg.Pool, server: pg.ClientConfig, timeoutMs = Infinity): void {
  const maxSilenceMs = timeoutMs + RESPONSE_MARGIN_MS
  const sockets = new Map<pg.PoolClient, Socket>()
  let probing: Promise<boolean> | undefined

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
      // One probe for all connections that are silent at the same time.
      probing ??= probe(server)
      const isReachable = await probing
      probing = undefined
      if (!isReachable)
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
}

const timedOut = (message: string) => Object.assign(new Error(message), { code: 'ETIMEDOUT' })

/** Returns true if the server answers, even with an error. */
async function probe(server: pg.ClientConfig): Promise<boolean> {
  const socket = new Socket()
  const client = new pg.Client({ ...server, stream: () => socket })
  client.on('error', () => undefined)
  const answered = client.connect().then(
    () => true,
    (error) => error instanceof pg.DatabaseError,
  )
  try {
    return await Promise.race([answered, waitForTimeout()])
  } finally {
    socket.destroy()
  }
}

async function waitForTimeout(): Promise<false> {
  for (let steps = 0; steps < PROBE_STEPS; steps += 1) await setTimeout(STEP_MS, undefined, { ref: false })
  return false
}
