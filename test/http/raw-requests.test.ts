import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { HttpResponse, Route } from '../../src/lib/http-messages.ts'
import { RAW_REQUESTS } from '../cases/http/raw-requests.ts'
import { exchangeBytes, startRecordedServer } from '../support/http/recorded-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const plain = (body: string, headers = {}): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'text/plain', ...headers },
  body,
})
let release = (_: HttpResponse) => {}
/** Resolves when /releases is requested. */
const held = new Promise<HttpResponse>((resolve) => {
  release = resolve
})
let executions = 0
const route = (url: string, handler: Route['handler'], more = {}): Route => ({
  method: ['GET', 'POST'],
  url,
  handler,
  ...more,
})
const ROUTES: readonly Route[] = [
  route('/echo', async ({ method, search, body, form }) => plain(`${method}${search}<${body ?? form}>`)),
  route('/echo/:id', async ({ params }) => plain(`id<${params.id}>`)),
  route('/held', () => held),
  route('/releases', async () => {
    release(plain('first'))
    return plain('second')
  }),
  route('/executes', async () => {
    executions += 1
    return plain('executed')
  }),
  route('/public', async () => plain('public'), { method: 'GET', allowsAnyOrigin: true }),
  route('/throws', () => {
    throw new Error('thrown synchronously')
  }),
  route('/rejects', () => Promise.reject(new Error('rejected'))),
  route('/resolves-to-nothing', async () => undefined as never),
  route('/header', async () => plain('never sent', { 'x-name': 'a\nx-evil: b' })),
]

let server: Awaited<ReturnType<typeof startRecordedServer>>
beforeAll(async () => {
  server = await startRecordedServer({ routes: ROUTES, settings: { BODY_LIMIT: '1000' } })
})
afterAll(() => server.server.close())

test.each(RAW_REQUESTS)('$id $title', async (row) => {
  const { parts, statuses, shows, loggedCount = statuses.length, level } = row
  const { open, lines, events, server: httpServer } = server
  lines.length = 0
  events.length = 0
  const text = await exchangeBytes(open(), parts)
  const received = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  expect(received).toEqual(statuses)
  expect(text).toMatch(shows)
  await waitUntil(async () => events.length >= loggedCount)
  const recorded = events.map(({ status }) => status)
  expect(recorded.toSorted()).toEqual(loggedCount === 0 ? [] : statuses.slice(-loggedCount).toSorted())
  const logged = lines.filter(({ line }) => (line as { path?: string }).path !== undefined)
  expect(logged).toHaveLength(loggedCount)
  if (level) expect(logged.map((entry) => entry.level)).toEqual(Array(loggedCount).fill(level))
  expect(httpServer.countInFlight()).toBe(0)
})

test.each([
  { id: 'http/H87', status: 400, head: 'GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n' },
  {
    id: 'http/H88',
    status: 501,
    head: 'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  },
  { id: 'http/H89', status: 417, head: 'GET /echo HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n' },
  {
    id: 'http/H90',
    status: 404,
    head: 'POST /none HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  },
])(
  '$id executes nothing behind a request that it answers with $status and "Connection: close" (RFC 9112 §9.6)',
  async ({ head, status }) => {
    const { open } = server
    executions = 0
    const text = await exchangeBytes(open(), [`${head}GET /executes HTTP/1.1\r\nHost: x\r\n\r\n`])
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`])
    expect(text).toMatch(/connection: close/i)
    // Requests are handled in the order in which they arrive.
    const later = 'GET /executes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    expect(await exchangeBytes(open(), [later])).toMatch(/executed/)
    expect(executions).toBe(1)
  },
)
