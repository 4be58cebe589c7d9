import { Socket } from 'node:net'
import pg from 'pg'
import { ServerUnreachableError } from './errors.ts'

/** The time for which a connection may be in use before the server is probed. */
const SLOW_MS = 300
const STEP_MS = 100
/** The steps for which the server has to answer. Counted in steps: a blocked event loop does not receive answers. */
const PROBE_STEPS = 4

/**
 * Watches for a server that no longer responds. A cut network reports nothing, and a query would wait for minutes. So
 * while a connection is in use for long, the server is probed on another one. If the probe succeeds, the query is just
 * slow and continues.
 * @param onServerUnreachable must close all connections with this error
 */
export function watchConnections(
  pool: pg.Pool,
  server: pg.ClientConfig,
  onServerUnreachable: (reason: ServerUnreachableError) => void,
): void {
  /** The connections in use, with the time since which each has been used or the server last answered. */
  const inUseSince = new Map<pg.PoolClient, number>()
  let isWatching = false

  async function watch(): Promise<void> {
    while (inUseSince.size > 0) {
      await waitOneStep()
      const oldest = Math.min(...inUseSince.values())
      if (performance.now() - oldest < SLOW_MS) continue
      if (!(await probe(server)))
        onServerUnreachable(new ServerUnreachableError('the database server does not answer'))
      for (const client of inUseSince.keys()) inUseSince.set(client, performance.now())
    }
    isWatching = false
  }

  pool.on('acquire', (client) => {
    inUseSince.set(client, performance.now())
    if (isWatching) return
    isWatching = true
    void watch()
  })
  pool.on('release', (_, client) => void inUseSince.delete(client))
}

/** Returns true if the server answers, even with an error. */
async function probe(server: pg.ClientConfig): Promise<boolean> {
  const socket = new Socket()
  const client = new pg.Client({ ...server, stream: () => socket })
  client.on('error', () => undefined)
  const answered = client
    .connect()
    .then(() => client.query('select 1'))
    .then(
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
  for (let steps = 0; steps < PROBE_STEPS; steps += 1) await waitOneStep()
  return false
}

const waitOneStep = () => new Promise<void>((resolve) => setTimeout(resolve, STEP_MS).unref())
