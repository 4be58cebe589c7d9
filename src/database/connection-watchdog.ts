import { Socket } from 'node:net'
import pg from 'pg'

/** How long a connection may be in use before its server is asked whether it is still there. */
const SLOW_MS = 300
const STEP_MS = 100
/** How many steps the server has for an answer. Steps, since an event loop that is late has not listened meanwhile. */
const PROBE_STEPS = 4

/** The server does not answer: nobody waits for it any longer. */
export class ServerUnreachableError extends Error {
  override readonly name = 'ServerUnreachableError'
}

/**
 * A network that is cut says nothing: a query waits for minutes. So while a connection is long in use, the server is
 * asked on another one; a query that takes its time is left alone, and when nothing answers, all connections are given up.
 * @param onServerUnreachable ends them; whoever waits on one is told this error
 */
export function watchConnections(
  pool: pg.Pool,
  server: pg.ClientConfig,
  onServerUnreachable: (reason: ServerUnreachableError) => void,
): void {
  /** Since when each is in use, or was last known to work. */
  const since = new Map<pg.PoolClient, number>()
  let watching = false

  async function watch(): Promise<void> {
    while (since.size > 0) {
      await step()
      const oldest = Math.min(...since.values())
      if (performance.now() - oldest < SLOW_MS) continue
      if (!(await answers(server)))
        onServerUnreachable(new ServerUnreachableError('the database server does not answer'))
      for (const client of since.keys()) since.set(client, performance.now())
    }
    watching = false
  }

  pool.on('acquire', (client) => {
    since.set(client, performance.now())
    if (watching) return
    watching = true
    void watch()
  })
  pool.on('release', (_, client) => void since.delete(client))
}

/** A refusal is an answer too: then the server is there. */
async function answers(server: pg.ClientConfig): Promise<boolean> {
  const socket = new Socket()
  const client = new pg.Client({ ...server, stream: () => socket })
  client.on('error', () => undefined)
  const asked = client
    .connect()
    .then(() => client.query('select 1'))
    .then(() => true, isAnswer)
  try {
    return await Promise.race([asked, tooLong()])
  } finally {
    socket.destroy()
  }
}

const isAnswer = (error: unknown) => error instanceof pg.DatabaseError

async function tooLong(): Promise<boolean> {
  for (let steps = 0; steps < PROBE_STEPS; steps += 1) await step()
  return false
}

const step = () => new Promise<void>((resolve) => setTimeout(resolve, STEP_MS).unref())
