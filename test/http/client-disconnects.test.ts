import { createServer as createListener } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { createJsonResponse, type Route } from '../../src/lib/http-messages.ts'
import { createManualEventLoop } from '../support/http/manual-event-loop.ts'
import { exchangeBytes, startRecordedServer } from '../support/http/recorded-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const LARGE = 'x'.repeat(20_000_000)
const GET = 'GET /ask HTTP/1.1\r\nHost: x\r\n\r\n'
const LAST = GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
const POST = 'POST /ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n'

type StartOptions = Partial<Parameters<typeof startRecordedServer>[0]>

async function start(more: StartOptions = {}, body = '') {
  const waiting: (() => void)[] = []
  const route: Route = {
    method: ['GET', 'POST'],
    url: '/ask',
    handler: () =>
      new Promise((resolve) => {
        waiting.push(() => resolve({ ...createJsonResponse(200, {}), body }))
      }),
  }
  const started = await startRecordedServer({ routes: [route], ...more })
  closers.push(() => started.server.close())
  const recorded = () => started.events.map(({ status, routePattern }) => [status, routePattern])
  return { ...started, waiting, recorded }
}

/** Sends bytes and disconnects when a condition holds. */
async function disconnect(
  open: () => ReturnType<Awaited<ReturnType<typeof start>>['open']>,
  bytes: string,
  when: () => boolean,
) {
  const socket = open().pause()
  socket.write(bytes)
  await waitUntil(async () => when())
  socket.resetAndDestroy()
}

const QUEUED_REQUESTS = [
  { id: 'http/H60', title: 'a request', bytes: GET },
  { id: 'http/H61', title: 'a request with its body', bytes: `${POST}{}` },
  { id: 'http/H62', title: 'a request with a part of its body', bytes: `${POST}{` },
] as const
test.each(QUEUED_REQUESTS)(
  '$id skips and records $title whose client disconnects while it is queued',
  async ({ bytes }) => {
    const loop = createManualEventLoop()
    const counted: string[] = []
    const limitAddress = async (who: string) => {
      counted.push(who)
      return { isAllowed: true, retryAfterSeconds: 1, headers: { 'ratelimit-policy': 'p', ratelimit: 'r' } }
    }
    const { open, server, waiting, recorded, lines } = await start({ eventLoop: loop, limitAddress })
    await disconnect(open, bytes, () => loop.pendingCount() === 1)
    await waitUntil(async () => (await server.countConnections()) === 0)
    // Node counts the connection as closed one turn before it emits 'close'.
    for (let i = 0; i < 2; i++) await turn()
    loop.runTurn()
    await waitUntil(async () => recorded().length === 1)
    expect([waiting, counted, recorded(), lines.length]).toEqual([[], [], [[400, '/ask']], 1])
  },
)

test('http/H63 records a request once, after its handler, when the client disconnects meanwhile', async () => {
  const { open, server, waiting, recorded, lines } = await start()
  await disconnect(open, `${POST}{}`, () => waiting.length === 1)
  await waitUntil(async () => (await server.countConnections()) === 0)
  expect([server.countInFlight(), recorded()]).toEqual([1, []])
  waiting[0]?.()
  await waitUntil(async () => recorded().length === 1)
  expect([server.countInFlight(), recorded(), lines.length]).toEqual([0, [[200, '/ask']], 1])
})

test('http/H64 records a request once when its client reads nothing of a large response', async () => {
  const { open, server, waiting, recorded, lines } = await start(
    { settings: { RESPONSE_LIMIT: '20000000' } },
    LARGE,
  )
  await disconnect(open, GET, () => {
    if (server.countInFlight() === 0) return false
    waiting[0]?.()
    return true
  })
  await waitUntil(async () => recorded().length === 1)
  expect([server.countInFlight(), recorded(), lines.length]).toEqual([0, [[200, '/ask']], 1])
})

test('http/H65 records a request whose client disconnects in its body', async () => {
  const { open, server, recorded, lines } = await start()
  await disconnect(open, `${POST}{`, () => true)
  await waitUntil(async () => recorded().length === 1)
  expect([server.countInFlight(), recorded(), lines.length]).toEqual([0, [[400, '/ask']], 1])
})

test('http/H66 logs an observer that throws, and responds all the same', async () => {
  const { open, waiting, lines } = await start({
    onRequest: () => {
      throw new Error('observer failed')
    },
  })
  const text = exchangeBytes(open(), [GET + LAST])
  await waitUntil(async () => waiting.length === 2)
  for (const answer of waiting) answer()
  expect((await text).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
  await waitUntil(async () => lines.filter(({ level }) => level === 'error').length === 2)
})

test('http/H67 counts unknown and invalid paths towards the rate limit, but not health endpoints', async () => {
  const counted: string[] = []
  const limitAddress = async (who: string) => {
    counted.push(who)
    return {
      isAllowed: counted.length < 3,
      retryAfterSeconds: 7,
      headers: { 'ratelimit-policy': 'p', ratelimit: 'r' },
    }
  }
  const { open } = await start({ limitAddress })
  const target = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
  const asked = ['/nothing', '/ask/%ff', '/healthz', '/nothing'].map((path) => target(path))
  const text = await exchangeBytes(open(), [asked.join('') + target('/nothing', 'Connection: close\r\n')])
  expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
    '404',
    '400',
    '200',
    '429',
    '429',
  ])
  expect(text.match(/ratelimit: r/g)).toHaveLength(4)
  expect(text).toMatch(/retry-after: 7/)
  expect(counted).toEqual(Array(4).fill('127.0.0.1'))
})

test('http/H68 closes repeatedly a server whose port was taken', async () => {
  const taken = createListener()
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port))
  })
  const { server } = await start()
  await server.close()
  await expect(server.listen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await server.close()
  await server.close(true)
  taken.close()
})

test('http/H69 closes after DRAIN_TIMEOUT although a handler never returns', async () => {
  const { open, server, waiting } = await start({ settings: { DRAIN_TIMEOUT: '1' } })
  const text = exchangeBytes(open(), [GET])
  await waitUntil(async () => waiting.length === 1)
  await server.close(true)
  expect(await text).toBe('')
})
