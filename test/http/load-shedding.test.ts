import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from '@jest/globals'
import { parseConfig } from '../../src/config/config.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { createJsonResponse, type RequestEvent } from '../../src/lib/http-messages.ts'
import { createRequestQueue, type EventLoop } from '../../src/lib/request-queue.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createManualEventLoop } from '../support/http/manual-event-loop.ts'
import { type HttpReply, sendRequest } from '../support/service.ts'
import { waitUntil } from '../support/wait-until.ts'

const log = await createLogger(parseConfig({ LOG_LEVEL: 'silent' }))
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Starts the server with one route whose responses the test releases. */
async function startHeldServer(settings: Record<string, string>, eventLoop?: EventLoop) {
  const waiting: (() => void)[] = []
  const events: RequestEvent[] = []
  const server = createHttpServer({
    limits: parseConfig({ DRAIN_TIMEOUT: '1', ...settings }).http,
    log,
    checkReadiness: async () => ({ isReady: true, reasons: {}, dependencies: {} }),
    metrics: { contentType: 'text/plain', render: async () => '' },
    limitAddress: undefined,
    recordRequest: (event) => events.push(event),
    ...(eventLoop && { eventLoop }),
  })
  server.addRoutes([
    {
      method: ['GET', 'POST'],
      url: '/held',
      handler: () =>
        new Promise((resolve) => {
          waiting.push(() => resolve(createJsonResponse(200, {})))
        }),
    },
  ])
  const port = await server.listen(0, '127.0.0.1')
  closers.push(server.close)
  const url = `http://127.0.0.1:${port}`
  const ask = () => sendRequest(`${url}/held`)
  const release = () => {
    for (const answer of waiting.splice(0)) answer()
  }
  return { url, port, ask, waiting, release, events, server }
}

function sendBytes(port: number, bytes: string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(bytes)
  closers.push(() => socket.destroy())
  return socket
}
const POST =
  'POST /held HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n'

test('load-shedding/O10 rejects a request above IN_FLIGHT_LIMIT before its body has arrived, but not health requests', async () => {
  const { url, port, ask, waiting, release, events } = await startHeldServer({ IN_FLIGHT_LIMIT: '2' })
  const first = [ask(), ask()]
  await waitUntil(async () => waiting.length === 2 && (await sendRequest(`${url}/healthz`)).status === 200)
  const refused = await text(sendBytes(port, `${POST}Connection: close\r\n\r\n`))
  expect(refused).toMatch(/^HTTP\/1.1 503 /)
  expect(refused).toMatch(/\r\nretry-after: 1\r\n/)
  expect(refused).toMatch(/"code":"SERVICE_UNAVAILABLE"/)
  expect(events.filter(({ status }) => status === 503)).toEqual([
    expect.objectContaining({
      method: 'POST',
      operationInfo: { errorCode: 'SERVICE_UNAVAILABLE' },
      isShed: true,
    }),
  ])
  for (const path of ['/healthz', '/readyz', '/metrics', '/readyz?why'])
    expect((await sendRequest(`${url}${path}`)).status).toBe(200)
  release()
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200])
  const next = ask()
  await waitUntil(async () => waiting.length === 1)
  release()
  expect((await next).status).toBe(200)
})

test('load-shedding/O11 keeps the connection of a rejected request usable', async () => {
  const { port, ask, waiting, release } = await startHeldServer({ IN_FLIGHT_LIMIT: '1' })
  const first = ask()
  await waitUntil(async () => waiting.length === 1)
  const socket = sendBytes(port, `${POST}\r\n`)
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 503 /)
  release()
  await first
  socket.write(`${'x'.repeat(1_000)}GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
})

test('load-shedding/O12 does not count requests whose body is still arriving', async () => {
  const { url, port, ask, waiting, release } = await startHeldServer({ IN_FLIGHT_LIMIT: '1' })
  for (let i = 0; i < 5; i++) await once(sendBytes(port, `${POST}\r\n{`), 'connect')
  // When a later request is answered, the bytes of the earlier ones have arrived.
  await sendRequest(`${url}/healthz`)
  const whole = ask()
  await waitUntil(async () => waiting.length === 1)
  release()
  expect((await whole).status).toBe(200)
})

test('load-shedding/O13 rejects requests when the event loop is late, but not health requests', async () => {
  const loop = createManualEventLoop()
  const { url, ask, waiting, release } = await startHeldServer({ LOOP_DELAY_LIMIT: '1' }, loop)
  const first = Array.from({ length: 40 }, ask)
  await waitUntil(async () => loop.pendingCount() === 40)
  loop.runTurn(1_000)
  // Ten requests may always be queued; those after them are rejected.
  let refused = 0
  const count = (reply: HttpReply) => {
    if (reply.status === 503) refused += 1
    return reply.status
  }
  const more = Array.from({ length: 20 }, () => ask().then(count))
  await waitUntil(async () => refused === 10)
  expect((await sendRequest(`${url}/healthz`)).status).toBe(200)
  await waitUntil(async () => {
    loop.runTurn()
    return waiting.length === 50
  })
  release()
  expect((await Promise.all(more)).filter((status) => status === 200)).toHaveLength(10)
  expect(new Set((await Promise.all(first)).map(({ status }) => status))).toEqual(new Set([200]))
})

test('load-shedding/O14 serves one health request alone on a connection above CONNECTION_LIMIT', async () => {
  const { port } = await startHeldServer({ CONNECTION_LIMIT: '2' })
  const ASK = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const open = [sendBytes(port, ASK), sendBytes(port, ASK)]
  for (const socket of open) await once(socket, 'data')
  expect(await text(sendBytes(port, ASK))).toMatch(/^HTTP\/1.1 200 .*connection: close\r\n/is)
  expect(await text(sendBytes(port, ASK.replace('/healthz', '/held')))).toMatch(
    /^HTTP\/1.1 503 .*connection: close\r\n/is,
  )
  for (const socket of open) {
    socket.write(ASK)
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200 /)
  }
})

test('load-shedding/O18 closes the oldest connection above CONNECTION_LIMIT when there are 65', async () => {
  const { port } = await startHeldServer({ CONNECTION_LIMIT: '1' })
  const ASK = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
  await once(sendBytes(port, ASK), 'data')
  const [oldest, ...idle] = Array.from({ length: 64 }, () => sendBytes(port, ''))
  await Promise.all(idle.map((socket) => once(socket, 'connect')))
  expect(await text(sendBytes(port, ASK))).toMatch(/^HTTP\/1.1 200 /)
  expect(await text(oldest as Socket)).toBe('')
  expect(idle.filter(({ closed }) => closed)).toEqual([])
})

test('load-shedding/O15 records the error code of a request that was rejected before routing', async () => {
  const { url, events } = await startHeldServer({})
  const answer = await sendRequest(`${url}/held`, {
    method: 'POST',
    body: 'x',
    headers: { 'content-type': 'a/b' },
  })
  expect(answer.status).toBe(415)
  await waitUntil(async () => events.length === 1)
  expect(events).toEqual([
    expect.objectContaining({ status: 415, operationInfo: { errorCode: 'BAD_REQUEST' } }),
  ])
})

test('load-shedding/O16 rejects a request whose body arrives when the server is full', async () => {
  const { url, port, ask, waiting, release, events } = await startHeldServer({ IN_FLIGHT_LIMIT: '1' })
  const late = sendBytes(port, `${POST}Connection: close\r\n\r\n`)
  await once(late, 'connect')
  await sendRequest(`${url}/healthz`)
  const first = ask()
  await waitUntil(async () => waiting.length === 1)
  late.write('x'.repeat(1_000))
  expect(await text(late)).toMatch(/^HTTP\/1.1 503 /)
  expect(events.filter(({ status }) => status === 503)).toEqual([
    expect.objectContaining({ routePattern: '/held', isShed: true }),
  ])
  release()
  await first
})

test('load-shedding/O17 closes the connection of a rejected request while the server is closing', async () => {
  const settings = { IN_FLIGHT_LIMIT: '1', DRAIN_TIMEOUT: '60000' }
  const { url, port, ask, waiting, release, server } = await startHeldServer(settings)
  const first = ask()
  await waitUntil(async () => waiting.length === 1)
  const socket = sendBytes(port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'data')
  const closed = server.close(true)
  await waitUntil(() =>
    sendRequest(`${url}/healthz`).then(
      () => false,
      () => true,
    ),
  )
  socket.write('GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 503 .*connection: close\r\n/is)
  release()
  await first
  await closed
})

test('request-queue/O01 serves requests in their order, after the turn', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 10 }, loop)
  const served: number[] = []
  for (const i of [1, 2, 3]) expect(queue.tryEnqueue(() => void served.push(i))).toBe(true)
  expect(served).toEqual([])
  loop.runTurn()
  expect(served).toEqual([1, 2, 3])
})

test('request-queue/O02 rejects requests that would wait longer than the limit, until the queue is shorter', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  const enqueue = (count: number) =>
    Array.from({ length: count }, () => queue.tryEnqueue(() => undefined)).filter(Boolean).length
  // After some hundreds of samples the average is 3 ms.
  enqueue(500)
  loop.runTurn(3)
  // The eighteenth would wait for seventeen others: 51 ms.
  expect(enqueue(20)).toBe(17)
  expect(enqueue(20)).toBe(0)
  // Four are served in a turn of about 10 ms.
  loop.runTurn(3)
  expect(enqueue(20)).toBe(4)
})

test('request-queue/O05 queues ten requests, however long each takes', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  const enqueue = () => Array.from({ length: 500 }, () => queue.tryEnqueue(() => undefined))
  enqueue()
  loop.runTurn(1_000)
  expect(enqueue().filter(Boolean)).toHaveLength(10)
})

test('request-queue/O03 does not count the time between two turns', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  for (let i = 0; i < 100; i++) {
    for (let j = 0; j < 10; j++) expect(queue.tryEnqueue(() => undefined)).toBe(true)
    loop.runTurn(1)
    loop.advance(10_000)
    loop.runTurn(1)
  }
})

test('request-queue/O04 rejects nothing after a single long request', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  queue.tryEnqueue(() => loop.advance(200))
  for (let i = 0; i < 16; i++) expect(queue.tryEnqueue(() => undefined)).toBe(true)
  loop.runTurn()
  for (let i = 0; i < 16; i++) expect(queue.tryEnqueue(() => undefined)).toBe(true)
})
