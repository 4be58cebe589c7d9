// Clients that go away before they are answered, and faults of ours: each request is told of once, and the next is served.

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

async function start(more: Partial<Parameters<typeof startRecordedServer>[0]> = {}, body = '') {
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
  const told = () => started.events.map(({ status, routePattern: where }) => [status, where])
  return { ...started, waiting, told }
}

/** Sends bytes, and goes away when something holds. */
async function leave(
  open: () => ReturnType<Awaited<ReturnType<typeof start>>['open']>,
  bytes: string,
  when: () => boolean,
) {
  const socket = open().pause()
  socket.write(bytes)
  await waitUntil(async () => when())
  socket.resetAndDestroy()
}

const IN_LINE = [
  ['H60', 'a request', GET],
  ['H61', 'one with its body', `${POST}{}`],
  ['H62', 'one with a part of its body', `${POST}{`],
] as const
test.each(IN_LINE)(
  '%s %s whose client goes away in line is not served, and told of',
  async (_, __, bytes) => {
    const loop = createManualEventLoop()
    const counted: string[] = []
    const limitAddress = async (who: string) => {
      counted.push(who)
      return { isAllowed: true, retryAfterSeconds: 1, headers: { 'ratelimit-policy': 'p', ratelimit: 'r' } }
    }
    const { open, server, waiting, told, lines } = await start({ eventLoop: loop, limitAddress })
    await leave(open, bytes, () => loop.pendingCount() === 1)
    await waitUntil(async () => (await server.countConnections()) === 0)
    // Node counts a connection out a turn before it says so.
    for (let i = 0; i < 2; i++) await turn()
    loop.runTurn()
    await waitUntil(async () => told().length === 1)
    expect([waiting, counted, told(), lines.length]).toEqual([[], [], [[400, '/ask']], 1])
  },
)

test('H63 a client goes away while the route waits: told of once, when that is done', async () => {
  const { open, server, waiting, told, lines } = await start()
  await leave(open, `${POST}{}`, () => waiting.length === 1)
  await waitUntil(async () => (await server.countConnections()) === 0)
  expect([server.inFlightCount(), told()]).toEqual([1, []])
  waiting[0]?.()
  await waitUntil(async () => told().length === 1)
  expect([server.inFlightCount(), told(), lines.length]).toEqual([0, [[200, '/ask']], 1])
})

test('H64 a client that reads nothing of a large answer: told of once, when it is gone', async () => {
  const { open, server, waiting, told, lines } = await start({}, LARGE)
  await leave(open, GET, () => {
    if (server.inFlightCount() === 0) return false
    waiting[0]?.()
    return true
  })
  await waitUntil(async () => told().length === 1)
  expect([server.inFlightCount(), told(), lines.length]).toEqual([0, [[200, '/ask']], 1])
})

test('H65 a client goes away in its body', async () => {
  const { open, server, told, lines } = await start()
  await leave(open, `${POST}{`, () => true)
  await waitUntil(async () => told().length === 1)
  expect([server.inFlightCount(), told(), lines.length]).toEqual([0, [[400, '/ask']], 1])
})

test('H66 an observer that throws changes no answer, and is logged', async () => {
  const { open, waiting, lines } = await start({
    onRequest: () => {
      throw new Error('of an observer')
    },
  })
  const text = exchangeBytes(open(), [GET + LAST])
  await waitUntil(async () => waiting.length === 2)
  for (const answer of waiting) answer()
  expect((await text).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
  await waitUntil(async () => lines.filter(({ level }) => level === 'error').length === 2)
})

test('H67 what is not there counts for its address, too; health does not', async () => {
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

test('H68 a server whose port is taken closes, more than once', async () => {
  const taken = createListener()
  const port = await new Promise<number>((listens) => {
    taken.listen(0, '127.0.0.1', () => listens((taken.address() as { port: number }).port))
  })
  const { server } = await start()
  await server.close()
  await expect(server.listen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await server.close()
  await server.close(true)
  taken.close()
})

test('H69 a route that never answers holds a stop up no longer than DRAIN_TIMEOUT', async () => {
  const { open, server, waiting } = await start({ settings: { DRAIN_TIMEOUT: '1' } })
  const text = exchangeBytes(open(), [GET])
  await waitUntil(async () => waiting.length === 1)
  await server.close(true)
  expect(await text).toBe('')
})
