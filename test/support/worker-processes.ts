import { execFileSync } from 'node:child_process'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApiProcess } from './cli-process.ts'

/** Starts the API with two workers and a database file of its own, and waits until both listen. */
export async function startWorkerProcesses(issuer: string, settings: Record<string, string> = {}) {
  const api = await startApiProcess({ WORKERS: '2', OKTA_ISSUER: issuer, ...settings })
  const origin = new URL(api.url).origin
  const cluster = { ...api, origin, workerPids: () => childrenOf(api.child.pid ?? 0) }
  const connections = await connectToEachWorker(origin, Number(settings.WORKERS ?? 2))
  for (const { close } of connections) close()
  return cluster
}

export type WorkerProcesses = Awaited<ReturnType<typeof startWorkerProcesses>>

const childrenOf = (parentPid: number): readonly number[] =>
  listProcesses()
    .filter((process) => process.parentPid === parentPid)
    .map(({ pid }) => pid)

const POLL_MS = 20
/** Polls a condition; the time limit of the test ends it. */
export async function pollUntil(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(POLL_MS)
}

export const waitUntilExited = (pids: readonly number[]) => pollUntil(async () => !pids.some(isProcessAlive))

/** Sends SIGTERM and returns the exit status. */
export async function stopWorkerProcesses({ child, exited }: WorkerProcesses): Promise<number | null> {
  child.kill('SIGTERM')
  return exited
}

export const isListening = (origin: string) =>
  openKeepAliveConnection(origin)
    .send('/healthz')
    .then(
      () => true,
      () => false,
    )

export const isProcessAlive = (pid: number) => listProcesses().some((process) => process.pid === pid)

/** Lists the running processes; zombies have exited. */
function listProcesses(): readonly { readonly pid: number; readonly parentPid: number }[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = '']) => !state.startsWith('Z'))
    .map(([pid, parentPid]) => ({ pid: Number(pid), parentPid: Number(parentPid) }))
}

export type WorkerReply = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Identifies the worker that replied: the first part of its request ids is random per process. */
  readonly workerId: string
}

export type WorkerRequest = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Opens a keep-alive connection, whose requests all reach the same worker. */
export function openKeepAliveConnection(origin: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (path: string, { method = 'GET', headers = {}, body = '' }: WorkerRequest = {}) =>
    new Promise<WorkerReply>((resolve, reject) => {
      const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) }
      const sent = request(`${origin}${path}`, { agent, method, headers: { ...headers, ...length } })
      sent.on('error', reject)
      sent.on('response', async (response) => {
        const id = String(response.headers['x-request-id'])
        const { statusCode: status = 0, headers } = response
        // A response that breaks off rejects.
        text(response).then(
          (body) => resolve({ status, headers, text: body, workerId: id.split('-')[0] ?? '' }),
          reject,
        )
      })
      sent.end(body)
    })
  const query = (document: string, token?: string, headers: Record<string, string> = {}) =>
    send('/graphql', {
      method: 'POST',
      body: JSON.stringify({ query: document }),
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    })
  return { send, query, close: () => agent.destroy() }
}

export type KeepAliveConnection = ReturnType<typeof openKeepAliveConnection>

/** Opens connections until there is one to each of `count` workers. */
export async function connectToEachWorker(
  origin: string,
  count = 2,
): Promise<readonly KeepAliveConnection[]> {
  const connections = new Map<string, KeepAliveConnection>()
  await pollUntil(async () => {
    const connection = openKeepAliveConnection(origin)
    const reply = await connection.send('/healthz')
    // A worker at CONNECTION_LIMIT may accept the connection, and close it, although another one has capacity.
    if (reply.headers.connection === 'close' || connections.has(reply.workerId)) connection.close()
    else connections.set(reply.workerId, connection)
    return connections.size === count
  })
  return [...connections.values()]
}

/** Reads a metric over a new connection, since an open one may be to a worker that has exited. */
export async function readClusterMetric(origin: string, name: string): Promise<number> {
  const connection = openKeepAliveConnection(origin)
  const { text } = await connection.send('/metrics')
  connection.close()
  return parseMetric(text, name)
}

/** Returns a metric by its name and labels; NaN if there is none. */
export const parseMetric = (text: string, name: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? Number.NaN,
  )
