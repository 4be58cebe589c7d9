import { setTimeout as sleep } from 'node:timers/promises'
import { createGraphqlClient, type GraphqlReply } from '../../test/support/graphql-client.ts'
import { listChildren } from '../support/process-usage.ts'
import { apiCommand, type ServerProcess, startServer } from '../support/server-process.ts'

export interface LoadRoundOptions {
  readonly issuer: string
  readonly token: string
  readonly databaseUrl: string
  readonly connections: number
  readonly workers: number
  /** Replaces the workers (SIGUSR2) before the server is stopped. */
  readonly isRolling: boolean
  /** Sends each request over a new connection. */
  readonly isFresh: boolean
  /** Length of the load before the signal. */
  readonly loadMs: number
}

/** The replies to all requests from one start to the stop. */
export interface LoadRound {
  readonly replies: readonly GraphqlReply[]
  readonly exitStatus: number | null
  readonly stopMs: number
}

/** Longer than the server keeps an idle connection open. */
const MAX_PAUSE_MS = 1_000
const POLL_MS = 50
const READ = '{ book(id: 1) { title author } }'
const ADD = 'mutation { addBook(input: { title: "a", author: "b", cost: 1, numPages: 1 }) { id } }'

/** Starts the API, stops it under load, and follows each request to its end. */
export async function runLoadRound(options: LoadRoundOptions): Promise<LoadRound> {
  const { workers, connections, databaseUrl } = options
  const env = { WORKERS: String(workers), DATABASE_URL: databaseUrl, AUDIT_LOG: 'off', LOG_LEVEL: 'fatal' }
  // Starting workers take the cores for a while, and the load must not be shed then.
  const limits = workers > 1 ? { LOOP_DELAY_LIMIT: '600000' } : {}
  const server = await startServer(apiCommand({ ...env, ...limits }), options.issuer)
  const stopping = new AbortController()
  const clients = Array.from({ length: connections }, (_, index) =>
    sendUntilStopped(server.url, index, options, stopping.signal),
  )
  await sleep(options.loadMs)
  const signalledAt = performance.now()
  if (options.isRolling) {
    await replaceWorkers(server, workers)
    await sleep(MAX_PAUSE_MS)
    stopping.abort()
    await sleep(MAX_PAUSE_MS)
  }
  stopping.abort()
  const exitStatus = await server.stop()
  const stopMs = performance.now() - signalledAt
  return { replies: (await Promise.all(clients)).flat(), exitStatus, stopMs }
}

/** Sends SIGUSR2, and waits until all workers are new ones. */
export async function replaceWorkers({ child, pid }: ServerProcess, workers: number): Promise<void> {
  const old = listChildren(pid)
  child.kill('SIGUSR2')
  for (;;) {
    const current = listChildren(pid)
    const started = current.filter((id) => !old.includes(id))
    if (started.length >= workers && current.length <= workers) return
    await sleep(POLL_MS)
  }
}

/**
 * Sends requests over one connection, and opens another one where the server closes it, as a proxy would. Ends after the
 * signal, once the server closed the connection. Every other client pauses, so that there are idle connections.
 */
async function sendUntilStopped(
  url: string,
  index: number,
  { connections, token, isFresh }: LoadRoundOptions,
  stopping: AbortSignal,
): Promise<GraphqlReply[]> {
  const pauseMs = index % 2 === 0 ? 0 : Math.ceil((MAX_PAUSE_MS * index) / connections)
  const query = index % 8 === 7 ? ADD : READ
  const replies: GraphqlReply[] = []
  let client = createGraphqlClient(url, token, 1)
  for (;;) {
    const reply = await client.send(query)
    replies.push(reply)
    const isClosed = reply.status === 0 || reply.headers.connection === 'close'
    if (isClosed || isFresh) client.close()
    if (isClosed && stopping.aborted) return replies
    if (isClosed || isFresh) client = createGraphqlClient(url, token, 1)
    if (pauseMs > 0) await sleep(pauseMs)
  }
}
