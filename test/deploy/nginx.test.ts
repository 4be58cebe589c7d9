// The proxy of compose.yaml, with the settings that are shipped: what it keeps to itself, and what it sends again.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startApiProcess } from '../support/cli-process.ts'
import { hasNginx, startNginx } from '../support/deploy/nginx.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

const servers: Server[] = []
let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(async () => {
  await issuer.close()
  for (const server of servers) server.close().closeAllConnections()
})

/** A server that writes down what comes, and answers as it is told. */
async function standIn(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { port: (server.address() as { port: number }).port, seen }
}

const fine = () => standIn((_, response) => response.end('fine'))
const broken = () => standIn((request) => request.socket.destroy())
const busy = () => standIn((_, response) => response.writeHead(503).end('busy'))

const HIDDEN: readonly (readonly [id: string, path: string])[] = [
  ['D20', '/metrics'],
  ['D21', '/healthz'],
  ['D22', '/readyz'],
  ['D23', '/metrics/'],
  ['D24', '/METRICS'],
  ['D25', '/%6detrics'],
  ['D26', '//metrics'],
  ['D27', '/books/../metrics'],
  ['D28', '/metrics?format=text'],
]

/** Who is behind the proxy, what is sent, how often it arrives, and what is answered. */
const AGAIN: readonly (readonly [
  id: string,
  what: string,
  copies: () => ReturnType<typeof standIn>,
  method: string,
  times: number,
  status: number,
])[] = [
  ['D30', 'a read, when the first copy dies over it: to the other one', broken, 'GET', 2, 502],
  ['D31', 'a write, when the copy dies over it: never twice', broken, 'POST', 1, 502],
  ['D32', 'a read that a copy refuses, with that copy’s answer', busy, 'GET', 1, 503],
  ['D33', 'a write that a copy refuses', busy, 'POST', 1, 503],
]

const withNginx = hasNginx ? describe : describe.skip
withNginx('the proxy', () => {
  test.each(HIDDEN)('%s shows nobody %s', async (_, path) => {
    const api = await fine()
    const door = await startNginx({ 'api-1': api.port, 'api-2': api.port, webapp: api.port })
    const before = api.seen.length
    for (const host of ['books.example.com', 'app.example.com', 'elsewhere.example'])
      expect((await door.ask({ path, host })).status).toBe(404)
    expect(api.seen.length).toBe(before)
  })

  test.each(AGAIN)('%s %s', async (_, __, copies, method, times, status) => {
    const [one, two, webapp] = [await copies(), await copies(), await fine()]
    const door = await startNginx({ 'api-1': one.port, 'api-2': two.port, webapp: webapp.port })
    const seen = () => [...one.seen, ...two.seen].filter(({ url }) => url === '/graphql')
    const { status: answered } = await door.ask({
      path: '/graphql',
      method,
      ...(method === 'POST' && { body: '{}' }),
    })
    expect([seen().length, answered]).toEqual([times, status])
  })

  test('D34 who a client says it is does not count', async () => {
    const api = await fine()
    const door = await startNginx({ 'api-1': api.port, 'api-2': api.port, webapp: api.port })
    const headers = {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=6.6.6.6',
    }
    await door.ask({ path: '/books?token=eyJsecret', headers })
    const [last] = api.seen.slice(-1)
    expect(last?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'books.example.com',
    })
    expect(last?.headers.forwarded).toBeUndefined()
    expect(door.log()).not.toContain('eyJsecret')
  })

  test('D35 what is larger than the API takes does not reach it', async () => {
    const api = await fine()
    const door = await startNginx({ 'api-1': api.port, 'api-2': api.port, webapp: api.port })
    const reply = await door.ask({ path: '/graphql', method: 'POST', body: 'x'.repeat(262_145) })
    expect(reply.status).toBe(413)
    expect(api.seen.some(({ url }) => url === '/graphql')).toBe(false)
  })

  test('D36 two real copies: one is killed, and every read is answered', async () => {
    const settings = { OKTA_ISSUER: issuer.url, NODE_ENV: 'production', DATABASE_URL: 'file::memory:' }
    const copies = [await startApiProcess(settings), await startApiProcess(settings)]
    const [one = 0, two = 0] = copies.map(({ url }) => Number(new URL(url).port))
    const door = await startNginx({ 'api-1': one, 'api-2': two, webapp: one })
    const headers = { authorization: `Bearer ${await issuer.signToken()}` }
    const statuses = async () => {
      const replies = await Promise.all(
        Array.from({ length: 20 }, () => door.ask({ path: '/books/1', headers })),
      )
      return new Set(replies.map(({ status }) => status))
    }
    expect(await statuses()).toEqual(new Set([200]))
    copies[0]?.child.kill('SIGKILL')
    await copies[0]?.exited
    expect(await statuses()).toEqual(new Set([200]))
  })
})
