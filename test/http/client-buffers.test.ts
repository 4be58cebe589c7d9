import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { createClientBuffers } from '../../src/lib/client-buffers.ts'
import { createJsonResponse, type Route } from '../../src/lib/http-messages.ts'
import { exchangeBytes, startRecordedServer } from '../support/http/recorded-server.ts'
import { createTestClock } from '../support/test-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const MIB = 1_048_576
const LARGE_BYTES = 16 * MIB
let release = () => {}
let largeCount = 0
const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    url: '/held',
    handler: () =>
      new Promise((resolve) => {
        release = () => resolve(createJsonResponse(200, {}))
      }),
  },
  { method: ['GET', 'POST'], url: '/small', handler: async () => createJsonResponse(200, {}) },
  {
    method: 'POST',
    url: '/length',
    handler: async ({ body = '' }) => createJsonResponse(200, { length: body.length }),
  },
  {
    method: 'GET',
    url: '/large',
    handler: async () => {
      largeCount += 1
      return { status: 200, headers: {}, body: 'x'.repeat(LARGE_BYTES) }
    },
  },
]
const GET = 'GET /small HTTP/1.1\r\nHost: x\r\n\r\n'
const HEALTH = GET.replace('/small', '/healthz')
const LARGE = GET.replace('/small', '/large')
/** 15 KB of header lines, of which each also takes heap. */
const HEADERS = Array.from({ length: 90 }, (_, i) => `X-${i}: ${'x'.repeat(160)}\r\n`).join('')
const withHeaders = (request: string) => request.replace('\r\n\r\n', `\r\n${HEADERS}\r\n`)
const CHUNKED = 'Transfer-Encoding: chunked'
const last = (request: string) => request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
const postHead = (length: number) =>
  `POST /small HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`

async function start(settings: Record<string, string>) {
  const clock = createTestClock()
  const started = await startRecordedServer({
    routes: ROUTES,
    clock,
    settings: { RESPONSE_LIMIT: String(LARGE_BYTES), ...settings },
  })
  closers.push(() => started.server.close())
  const { server, open } = started
  return {
    ...started,
    clock,
    /** Sends bytes and reads nothing of the responses. */
    sendUnread(bytes: string): Socket {
      const socket = open().pause()
      closers.push(() => socket.destroy())
      socket.write(bytes)
      return socket
    },
    waitUntilOpen: (count: number) => waitUntil(async () => (await server.countConnections()) === count),
    expectServed: async () => expect(await exchangeBytes(open(), [last(GET)])).toMatch(/^HTTP\/1.1 200 /),
  }
}

/** Counts the requests that Node creates from now on. */
function countRequests() {
  const count = { requests: 0 }
  const countRequest = () => {
    count.requests += 1
  }
  subscribe('http.server.request.start', countRequest)
  closers.push(() => unsubscribe('http.server.request.start', countRequest))
  return count
}

test('http/M01 closes the connections that hold parts of a body longest, above BUFFER_LIMIT', async () => {
  const { server, open, waitUntilOpen, expectServed } = await start({ BUFFER_LIMIT: '262144' })
  const closed: number[] = []
  for (let i = 0; i < 8; i++) {
    const socket = open().once('close', () => closed.push(i))
    closers.push(() => socket.destroy())
    socket.write(postHead(100_000) + 'x'.repeat(99_999))
    // The third and each further one exceed the limit.
    await waitUntil(async () => server.countBufferedBytes() > 99_999 * Math.min(i + 1, 2))
    expect(server.countBufferedBytes()).toBeLessThanOrEqual(262_144)
    await waitUntilOpen(Math.min(i + 1, 2))
  }
  await expectServed()
  expect(closed).toEqual([0, 1, 2, 3, 4, 5])
})

test('http/M02 counts the memory of each chunk of a body', async () => {
  const { server, open, waitUntilOpen } = await start({ BUFFER_LIMIT: '262144' })
  const chunked = postHead(0).replace('Content-Length: 0', CHUNKED)
  const socket = open()
  socket.write(chunked + '1\r\nx\r\n'.repeat(2_000))
  await once(socket, 'close')
  await waitUntilOpen(0)
  expect(server.countBufferedBytes()).toBe(0)
})

test('http/M03 closes the connection that takes a response longest, above BUFFER_LIMIT', async () => {
  const { server, sendUnread, waitUntilOpen, expectServed } = await start({
    BUFFER_LIMIT: String(2.5 * LARGE_BYTES),
  })
  const sockets: Socket[] = []
  for (let i = 0; i < 6; i++) {
    sockets.push(sendUnread(LARGE))
    await waitUntil(async () => server.countBufferedBytes() >= LARGE_BYTES * Math.min(i + 1, 2))
    await waitUntilOpen(Math.min(i + 1, 2))
    expect(server.countBufferedBytes()).toBe(LARGE_BYTES * Math.min(i + 1, 2))
  }
  await expectServed()
  for (const socket of sockets) socket.destroy()
  await waitUntil(async () => server.countBufferedBytes() === 0)
})

test('http/M04 closes a connection that has not taken its response after SEND_TIMEOUT, although it reads', async () => {
  const { clock, server, sendUnread, waitUntilOpen, expectServed, lines } = await start({
    SEND_TIMEOUT: '30000',
  })
  const socket = sendUnread(LARGE)
  await waitUntil(async () => server.countBufferedBytes() > 0)
  for (let i = 0; i < 29; i++) {
    const data = once(socket, 'data')
    socket.resume()
    await data
    socket.pause()
    await clock.advance(1_000)
  }
  expect([await server.countConnections(), server.countBufferedBytes()]).toEqual([1, LARGE_BYTES])
  await clock.advance(2_000)
  await waitUntilOpen(0)
  expect(server.countBufferedBytes()).toBe(0)
  expect(lines).toContainEqual({ level: 'warn', line: { reason: 'send timeout' } })
  await expectServed()
})

test('http/M05 releases a response that is read in time', async () => {
  const { clock, open, server } = await start({})
  const response = await exchangeBytes(open(), [last(LARGE)])
  expect(response.length).toBeGreaterThan(LARGE_BYTES)
  await waitUntil(async () => server.countBufferedBytes() === 0)
  await clock.advance(60_000)
})

test('http/M06 closes a connection with more than 100 unanswered requests, health requests included', async () => {
  const { server, events, lines, sendUnread, waitUntilOpen, expectServed } = await start({})
  sendUnread(HEALTH.repeat(100_000))
  await waitUntil(async () => lines.length > 0)
  expect(lines).toEqual([{ level: 'warn', line: { reason: 'too many pipelined requests' } }])
  await waitUntilOpen(0)
  expect(events.length).toBeLessThanOrEqual(100)
  expect(server.countBufferedBytes()).toBe(0)
  await expectServed()
})

test('http/M07 answers 100 pipelined requests, and releases those of a client that disconnects', async () => {
  const { server, events, open, sendUnread } = await start({})
  const text = await exchangeBytes(open(), [GET.repeat(99) + last(GET)])
  expect(text.match(/HTTP\/1.1 200 OK/g)).toHaveLength(100)
  expect(server.countBufferedBytes()).toBe(0)
  events.length = 0
  const socket = sendUnread(LARGE + GET.repeat(100))
  await waitUntil(async () => server.countBufferedBytes() > LARGE_BYTES)
  socket.resetAndDestroy()
  await waitUntil(async () => server.countBufferedBytes() === 0)
  await waitUntil(async () => events.length === 101)
})

test('http/M08 rejects with 503 a request that does not fit into BUFFER_LIMIT', async () => {
  const { open, server, expectServed } = await start({ BUFFER_LIMIT: '65536' })
  const body = 'x'.repeat(40_000)
  expect(await exchangeBytes(open(), [last(postHead(body.length)) + body])).toMatch(/^HTTP\/1.1 503 /)
  expect(server.countBufferedBytes()).toBe(0)
  await expectServed()
})

test('http/M09 answers 413 instead of a response above RESPONSE_LIMIT', async () => {
  const { open } = await start({ RESPONSE_LIMIT: '65536' })
  expect(await exchangeBytes(open(), [last(LARGE)])).toMatch(/^HTTP\/1.1 413 .*"LIMIT_EXCEEDED"/s)
})

test('http/M10 ends a connection at its 10,000th request', async () => {
  const { open, events } = await start({})
  const socket = open()
  closers.push(() => socket.destroy())
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  for (let sent = 100; sent <= 10_000; sent += 100) {
    socket.write(GET.repeat(100))
    await waitUntil(async () => events.length === sent)
  }
  socket.write(GET)
  await waitUntil(async () => text.includes('HTTP/1.1 503 '))
  expect(text.match(/HTTP\/1.1 200 /g)).toHaveLength(10_000)
  // One in the response to the last request, one in the 503.
  expect(text.match(/connection: close/gi)).toHaveLength(2)
})

test('http/M11 keeps a connection whose response waits for the one before it longer than SEND_TIMEOUT', async () => {
  const { clock, open, events, server } = await start({ SEND_TIMEOUT: '1000' })
  const text = exchangeBytes(open(), [GET.replace('/small', '/held') + last(GET)])
  await waitUntil(async () => server.countBufferedBytes() > 4_096)
  await clock.advance(5_000)
  release()
  expect((await text).match(/HTTP\/1.1 200 /g)).toHaveLength(2)
  await waitUntil(async () => events.length === 2)
})

test('http/M12 counts the head of a request whose body has not arrived, above BUFFER_LIMIT', async () => {
  const { server, sendUnread, waitUntilOpen, expectServed } = await start({ BUFFER_LIMIT: '65536' })
  sendUnread(withHeaders(postHead(10)))
  await waitUntil(async () => server.countBufferedBytes() > HEADERS.length + 90 * 128)
  for (let i = 0; i < 8; i++) sendUnread(withHeaders(postHead(10)))
  await waitUntilOpen(2)
  expect(server.countBufferedBytes()).toBeLessThanOrEqual(65_536)
  await expectServed()
})

test('http/M13 counts the heads of pipelined requests', async () => {
  const { server, sendUnread, lines, waitUntilOpen } = await start({ BUFFER_LIMIT: '262144' })
  sendUnread(GET.replace('/small', '/held') + withHeaders(GET).repeat(20))
  await waitUntil(async () => lines.length > 0)
  expect(lines).toEqual([{ level: 'warn', line: { reason: 'buffer limit' } }])
  await waitUntilOpen(0)
  expect(server.countBufferedBytes()).toBe(0)
})

test('http/M14 executes none of the requests that were read before their connection was closed', async () => {
  const { events, sendUnread, waitUntilOpen } = await start({ BUFFER_LIMIT: String(2.5 * LARGE_BYTES) })
  largeCount = 0
  sendUnread(LARGE.repeat(50))
  await waitUntil(async () => events.length === 50)
  await waitUntilOpen(0)
  expect(largeCount).toBe(3)
})

test.each([
  { id: 'http/M15', behind: 50, statuses: ['HTTP/1.1 417'] },
  { id: 'http/M21', behind: 1_000, statuses: null },
])(
  '$id creates no response for $behind requests behind one that expects something unknown',
  async ({ behind, statuses }) => {
    const { waitUntilOpen, open } = await start({})
    const count = countRequests()
    const bytes = GET.replace('Host: x', 'Host: x\r\nExpect: y') + GET.repeat(behind)
    expect((await exchangeBytes(open(), [bytes])).match(/HTTP\/1.1 \d+/g)).toEqual(statuses)
    await waitUntilOpen(0)
    expect(count.requests).toBe(1)
  },
)

test('http/M16 closes a connection that sends many small chunks, read or not, and accepts as many large ones', async () => {
  const { open, server, lines } = await start({})
  const exchange = (path: string, count: number, bytes: number) => {
    const chunk = `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`
    const head = postHead(0).replace('Content-Length: 0', CHUNKED).replace('/small', path)
    return exchangeBytes(open(), [last(head) + chunk.repeat(count), '0\r\n\r\n'])
  }
  const closed = { level: 'warn', line: { reason: 'too many small chunks' } }
  expect(await exchange('/small', 1_100, 1)).toBe('')
  expect(await exchange('/none', 1_100, 1)).toBe('')
  expect(lines.filter(({ level }) => level === 'warn')).toEqual([closed, closed])
  expect(await exchange('/small', 1_100, 200)).toMatch(/^HTTP\/1.1 200 /)
  expect(server.countBufferedBytes()).toBe(0)
})

test('http/M20 limits the small chunks of a body that arrives after the response', async () => {
  const { open, lines } = await start({})
  const head = postHead(0).replace('Content-Length: 0', CHUNKED).replace('/small', '/none')
  const socket = open()
  socket.write(head)
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 404 .*connection: keep-alive/is)
  socket.write('1\r\nx\r\n'.repeat(1_100))
  await once(socket, 'close')
  expect(lines).toContainEqual({ level: 'warn', line: { reason: 'too many small chunks' } })
})

test.each([
  { id: 'http/M22', bytes: 0 },
  { id: 'http/M23', bytes: 1_000 },
  { id: 'http/M24', bytes: 100_000 },
  { id: 'http/M25', bytes: 200_000 },
])('$id reads a body of $bytes bytes that has arrived before the request is handled', async ({ bytes }) => {
  const { open } = await start({})
  const head = last(postHead(bytes).replace('/small', '/length'))
  expect(await exchangeBytes(open(), [head + 'x'.repeat(bytes)])).toMatch(`{"length":${bytes}}`)
})

test('http/M17 keeps other connections when a request does not fit even without them', async () => {
  const { server, open } = await start({ BUFFER_LIMIT: '65536' })
  const body = 'x'.repeat(10_000)
  const socket = open()
  socket.write(postHead(body.length) + body.slice(1))
  await waitUntil(async () => server.countBufferedBytes() > 9_000)
  const tooLarge = 'x'.repeat(40_000)
  expect(await exchangeBytes(open(), [last(postHead(tooLarge.length)) + tooLarge])).toMatch(/^HTTP\/1.1 503 /)
  socket.end('x')
  const [data] = await once(socket, 'data')
  expect(String(data)).toMatch(/^HTTP\/1.1 200 /)
})

test('http/M18 does not write an error into a response that has begun', async () => {
  const { sendUnread, server } = await start({})
  const socket = sendUnread(LARGE)
  await waitUntil(async () => server.countBufferedBytes() === LARGE_BYTES)
  socket.write('HELLO\r\n\r\n')
  await waitUntil(async () => server.countBufferedBytes() === 0)
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1').replaceAll('x', '')
  })
  socket.resume().on('error', () => {})
  await once(socket, 'close')
  expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200'])
})

test('http/M19 creates no response for the requests that were read before their connection was closed', async () => {
  const { lines, sendUnread, waitUntilOpen } = await start({})
  const count = countRequests()
  sendUnread(GET.repeat(1_000))
  await waitUntil(async () => lines.length > 0)
  await waitUntilOpen(0)
  // The first one waits for none.
  expect(count.requests).toBe(102)
})

test.each([
  { id: 'http/M26', keepIdleConnections: false, drainTimeout: '60000' },
  { id: 'http/M27', keepIdleConnections: true, drainTimeout: '8000' },
])(
  '$id sends a response to its end while the server closes (idle connections kept: $keepIdleConnections)',
  async ({ keepIdleConnections, drainTimeout }) => {
    const { server, sendUnread } = await start({ DRAIN_TIMEOUT: drainTimeout })
    const socket = sendUnread(LARGE)
    await waitUntil(async () => server.countBufferedBytes() === LARGE_BYTES)
    const idle = sendUnread(GET)
    const closed = server.close(keepIdleConnections)
    await once(idle.resume(), 'close')
    let bytes = 0
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    await once(socket.resume(), 'close')
    expect(bytes).toBeGreaterThan(LARGE_BYTES)
    await closed
  },
)

test('http/M28 does not hold a response whose client has disconnected', () => {
  const limits = { maxBufferedBytes: MIB, sendTimeoutMs: 1_000 }
  const buffers = createClientBuffers(limits, createTestClock(), () => undefined)
  closers.push(buffers.stop)
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  response.destroy()
  buffers.holdResponse(response, 100)
  expect([buffers.countBytes(), response.listenerCount('close')]).toEqual([0, 0])
})
