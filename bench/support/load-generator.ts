import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/** A request; GET without a body, else POST. */
export interface LoadRequest {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Load {
  readonly port: number
  /** Returns the next request to send. */
  readonly next: () => LoadRequest
  readonly connections: number
  readonly seconds: number
}

export interface LoadResult {
  /** Milliseconds by status; in an open loop from the time that the request was due. */
  readonly latencies: ReadonlyMap<number, readonly number[]>
  readonly seconds: number
  /** Share of one core that this generator used. Near 1, the generator limits the load. */
  readonly generatorCores: number
}

const HEAD_END = '\r\n\r\n'
const STATUS_START = 'HTTP/1.1 '.length
const BUFFER_BYTES = 65_536
const PAUSE_MS = 0.1
const pauseCell = new Int32Array(new SharedArrayBuffer(4))

/** Returns the latencies of the responses with a status. */
export const latenciesOf = ({ latencies }: LoadResult, status: number) => latencies.get(status) ?? []

/** Sends as fast as the server responds: each connection sends its next request after the last response. */
export function closedLoop(load: Load): Promise<LoadResult> {
  return run(load, async (connections, record, end) => {
    const sendInTurn = async ({ send }: Connection) => {
      for (let sent = performance.now(); sent < end; sent = performance.now())
        record(await send(load.next()), sent)
    }
    await Promise.all(connections.map(sendInTurn))
  })
}

/**
 * Sends at a steady rate, however the server responds. A request waits for an idle connection when there is none, which
 * counts into its latency. Responses after the end are not counted.
 */
export function openLoop(load: Load, ratePerSecond: number): Promise<LoadResult> {
  return run(load, async (connections, record, end) => {
    const idle = [...connections]
    const waiting: number[] = []
    const start = performance.now()

    async function sendDue(connection: Connection, firstDue: number): Promise<void> {
      for (let due: number | undefined = firstDue; due !== undefined; due = waiting.shift()) {
        const status = await connection.send(load.next())
        if (performance.now() < end) record(status, due)
      }
      idle.push(connection)
    }

    for (let count = 0; performance.now() < end; await pause()) {
      const dueCount = ((performance.now() - start) / 1_000) * ratePerSecond
      for (; count < dueCount; count++) {
        const due = start + (count / ratePerSecond) * 1_000
        const connection = idle.pop()
        if (connection) void sendDue(connection, due)
        else waiting.push(due)
      }
    }
  })
}

type RecordLatency = (status: number, since: number) => void

async function run(
  { port, connections, seconds }: Load,
  loop: (connections: readonly Connection[], record: RecordLatency, end: number) => Promise<void>,
): Promise<LoadResult> {
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(port)))
  const latencies = new Map<number, number[]>()
  function record(status: number, since: number): void {
    const known = latencies.get(status)
    if (known) known.push(performance.now() - since)
    else latencies.set(status, [performance.now() - since])
  }
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  await loop(open, record, start + seconds * 1_000)
  const elapsed = (performance.now() - start) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  for (const connection of open) connection.close()
  return { latencies, seconds: elapsed, generatorCores: (user + system) / 1e6 / elapsed }
}

/** A timer's millisecond would send bursts, and a busy loop would take the core of the server's helper threads. */
async function pause(): Promise<void> {
  Atomics.wait(pauseCell, 0, 0, PAUSE_MS)
  await setImmediate()
}

/** A keep-alive connection with one request at a time. */
interface Connection {
  /** Resolves with the response's status once its body was received. */
  send(request: LoadRequest): Promise<number>
  close(): void
}

/** Opens a connection whose parser reads no more than status and Content-Length, so that it uses little CPU. */
async function openConnection(port: number): Promise<Connection> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  let response: PromiseWithResolvers<number> | undefined
  let status = 0
  let missingBytes = 0

  function read(length: number): boolean {
    if (missingBytes > 0) missingBytes -= length
    else {
      const head = buffer.toString('latin1', 0, Math.min(length, buffer.indexOf(HEAD_END)))
      const bodyBytes = Number(/\ncontent-length: (\d+)/i.exec(head)?.[1])
      if (Number.isNaN(bodyBytes)) throw new Error(`This response has no Content-Length:\n${head}`)
      status = Number(head.slice(STATUS_START, STATUS_START + 3))
      missingBytes = head.length + HEAD_END.length + bodyBytes - length
    }
    if (missingBytes === 0) response?.resolve(status)
    return true
  }

  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: read } })
  await once(socket, 'connect')
  socket.on('error', (error) => response?.reject(error))
  socket.on('end', () => response?.reject(new Error('The server closed the connection')))
  return {
    send(request) {
      response = Promise.withResolvers()
      if (socket.writable) socket.write(encodeRequest(request))
      else response.reject(new Error('The server closed the connection'))
      return response.promise
    },
    close: () => socket.destroy(),
  }
}

const encoded = new WeakMap<LoadRequest, Buffer>()

/** Encodes a request of HTTP/1.1, once for each object. */
export function encodeRequest(request: LoadRequest): Buffer {
  const known = encoded.get(request)
  if (known) return known
  const { path, headers, body } = request
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  const lines = Object.entries({ host: 'localhost', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const head = [`${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`, ...lines].join('\r\n')
  const bytes = Buffer.from(`${head}${HEAD_END}${body ?? ''}`)
  encoded.set(request, bytes)
  return bytes
}
