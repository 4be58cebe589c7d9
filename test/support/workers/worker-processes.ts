import { execFileSync } from 'node:child_process'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { startApiProcess } from '../cli-process.ts'

/** The API with two workers on a database of its own in a file; `origin` is where it is. */
export async function startWorkerProcesses(issuer: string, settings: Record<string, string> = {}) {
  const api = await startApiProcess({ WORKERS: '2', OKTA_ISSUER: issuer, ...settings })
  return { ...api, origin: new URL(api.url).origin, workerPids: () => childrenOf(api.child.pid ?? 0) }
}

export type WorkerProcesses = Awaited<ReturnType<typeof startWorkerProcesses>>

/** The processes that a process has started, and that live. */
const childrenOf = (parent: number): readonly number[] =>
  processes()
    .filter((one) => one.parent === parent)
    .map(({ id }) => id)

const LOOK_MS = 20
/** Looks again and again; in between the workers have the machine. The test's time limit ends it. */
export async function pollUntil(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(LOOK_MS)
}

export const waitUntilExited = (ids: readonly number[]) => pollUntil(async () => !ids.some(isProcessAlive))

/** Tells it to end. @returns its exit status */
export async function stopWorkerProcesses({ child, exited }: WorkerProcesses): Promise<number | null> {
  child.kill('SIGTERM')
  return exited
}

/** Whether somebody answers there. */
export const isListening = (origin: string) =>
  openKeepAliveConnection(origin)
    .send('/healthz')
    .then(
      () => true,
      () => false,
    )

export const isProcessAlive = (id: number) => processes().some((one) => one.id === id)

/** A process that has ended and that nobody has asked for yet is none. */
function processes(): readonly { readonly id: number; readonly parent: number }[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = '']) => !state.startsWith('Z'))
    .map(([id, parent]) => ({ id: Number(id), parent: Number(parent) }))
}

export type WorkerReply = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Which worker gave it: request ids begin with a word of each process’s own. */
  readonly workerId: string
}

export type WorkerRequest = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A connection that is kept: all that is asked over it comes to one worker. */
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
        resolve({ status, headers, text: await text(response), workerId: id.split('-')[0] ?? '' })
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

/** A kept connection to each of so many workers. */
export async function connectToEachWorker(
  origin: string,
  count = 2,
): Promise<readonly KeepAliveConnection[]> {
  const found = new Map<string, KeepAliveConnection>()
  await pollUntil(async () => {
    const kept = openKeepAliveConnection(origin)
    const { workerId } = await kept.send('/healthz')
    if (found.has(workerId)) kept.close()
    else found.set(workerId, kept)
    return found.size === count
  })
  return [...found.values()]
}

/** One of the numbers of all, asked for over a connection of its own: one that was there may be a worker's that has ended. */
export async function readAggregatedMetric(origin: string, name: string): Promise<number> {
  const fresh = openKeepAliveConnection(origin)
  const { text } = await fresh.send('/metrics')
  fresh.close()
  return parseMetric(text, name)
}

/** By its name and labels; NaN when there is none. */
export const parseMetric = (text: string, name: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? Number.NaN,
  )
