// Runs nginx with the shipped configuration: hidden paths, retries and forwarded headers.
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

/** Starts an upstream server that records its requests. */
async function startUpstream(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    handler(request, response)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { port: (server.address() as { port: number }).port, requests }
}

const startHealthy = () => startUpstream((_, response) => response.end('ok'))
const startCrashing = () => startUpstream((request) => request.socket.destroy())
const startOverloaded = () => startUpstream((_, response) => response.writeHead(503).end('overloaded'))

const HIDDEN_PATHS = [
  { id: 'deploy/D20', path: '/metrics' },
  { id: 'deploy/D21', path: '/healthz' },
  { id: 'deploy/D22', path: '/readyz' },
  { id: 'deploy/D23', path: '/metrics/' },
  { id: 'deploy/D24', path: '/METRICS' },
  { id: 'deploy/D25', path: '/%6detrics' },
  { id: 'deploy/D26', path: '//metrics' },
  { id: 'deploy/D27', path: '/books/../metrics' },
  { id: 'deploy/D28', path: '/metrics?format=text' },
]

const RETRIES = [
  {
    id: 'deploy/D30',
    title: 'retries a read on the other server when the connection breaks',
    startApi: startCrashing,
    method: 'GET',
    expectedRequests: 2,
    expectedStatus: 502,
  },
  {
    id: 'deploy/D31',
    title: 'never retries a write when the connection breaks',
    startApi: startCrashing,
    method: 'POST',
    expectedRequests: 1,
    expectedStatus: 502,
  },
  {
    id: 'deploy/D32',
    title: 'passes on a 503 for a read without a retry',
    startApi: startOverloaded,
    method: 'GET',
    expectedRequests: 1,
    expectedStatus: 503,
  },
  {
    id: 'deploy/D33',
    title: 'passes on a 503 for a write without a retry',
    startApi: startOverloaded,
    method: 'POST',
    expectedRequests: 1,
    expectedStatus: 503,
  },
]

const withNginx = hasNginx ? describe : describe.skip
withNginx('nginx', () => {
  test.each(HIDDEN_PATHS)('$id hides $path', async ({ path }) => {
    const api = await startHealthy()
    const nginx = await startNginx({ 'api-1': api.port, 'api-2': api.port, webapp: api.port })
    const before = api.requests.length
    for (const host of ['books.example.com', 'app.example.com', 'elsewhere.example'])
      expect((await nginx.sendRequest({ path, host })).status).toBe(404)
    expect(api.requests.length).toBe(before)
  })

  test.each(RETRIES)('$id $title', async ({ startApi, method, expectedRequests, expectedStatus }) => {
    const [first, second, webapp] = [await startApi(), await startApi(), await startHealthy()]
    const nginx = await startNginx({ 'api-1': first.port, 'api-2': second.port, webapp: webapp.port })
    const { status } = await nginx.sendRequest({
      path: '/graphql',
      method,
      ...(method === 'POST' && { body: '{}' }),
    })
    // startNginx polls another path until nginx is ready.
    const requests = [...first.requests, ...second.requests].filter(({ url }) => url === '/graphql')
    expect([requests.length, status]).toEqual([expectedRequests, expectedStatus])
  })

  test('deploy/D34 replaces forwarded headers of the client, and logs no query string', async () => {
    const api = await startHealthy()
    const nginx = await startNginx({ 'api-1': api.port, 'api-2': api.port, webapp: api.port })
    const headers = {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=6.6.6.6',
    }
    await nginx.sendRequest({ path: '/books?token=eyJsecret', headers })
    const request = api.requests.at(-1)
    expect(request?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'books.example.com',
    })
    expect(request?.headers.forwarded).toBeUndefined()
    expect(nginx.readLog()).not.toContain('eyJsecret')
  })

  test('deploy/D35 rejects a body that is larger than BODY_LIMIT', async () => {
    const api = await startHealthy()
    const nginx = await startNginx({ 'api-1': api.port, 'api-2': api.port, webapp: api.port })
    const reply = await nginx.sendRequest({ path: '/graphql', method: 'POST', body: 'x'.repeat(262_145) })
    expect(reply.status).toBe(413)
    expect(api.requests.some(({ url }) => url === '/graphql')).toBe(false)
  })

  test('deploy/D36 serves every read after one of two API processes is killed', async () => {
    const settings = {
      OKTA_ISSUER: issuer.url,
      API_URL: 'https://books.example.com',
      NODE_ENV: 'production',
      DATABASE_URL: 'file::memory:',
    }
    const [first, second] = [await startApiProcess(settings), await startApiProcess(settings)]
    const [firstPort, secondPort] = [Number(new URL(first.url).port), Number(new URL(second.url).port)]
    const nginx = await startNginx({ 'api-1': firstPort, 'api-2': secondPort, webapp: firstPort })
    const headers = { authorization: `Bearer ${await issuer.signToken()}` }
    const statuses = async () => {
      const replies = await Promise.all(
        Array.from({ length: 20 }, () => nginx.sendRequest({ path: '/books/1', headers })),
      )
      return new Set(replies.map(({ status }) => status))
    }
    expect(await statuses()).toEqual(new Set([200]))
    first.child.kill('SIGKILL')
    await first.exited
    expect(await statuses()).toEqual(new Set([200]))
  })
})
