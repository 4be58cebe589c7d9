import { utimesSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { HttpResponse, Route } from '../../src/lib/http-messages.ts'
import { exchangeBytes, startRecordedServer } from '../support/http/recorded-server.ts'
import { type Service, startService } from '../support/service.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

const SECURITY_HEADERS = [
  'x-content-type-options: nosniff',
  // RFC 6797 §7.2
  'strict-transport-security: max-age=31536000',
]
const CLOSE = 'Connection: close\r\n'
const METADATA = '/.well-known/oauth-protected-resource'
const head = (line: string, headers = '') => `${line} HTTP/1.1\r\nHost: x\r\n${CLOSE}${headers}\r\n`
const post = (body: string, type = 'application/json') =>
  head('POST /graphql', `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`) + body

type Row = { readonly id: string; readonly title: string; readonly bytes: string; readonly status: number }

/** A request for each kind of response of the API. */
const API_REQUESTS: readonly Row[] = [
  { id: 'http/S01', title: 'a result', bytes: post('{"query":"{__typename}"}'), status: 200 },
  { id: 'http/S02', title: 'a challenge', bytes: post('{"query":"{books{id}}"}'), status: 401 },
  { id: 'http/S03', title: 'an unknown path', bytes: head('GET /nothing'), status: 404 },
  { id: 'http/S04', title: 'a wrong method', bytes: head('PATCH /graphql'), status: 405 },
  { id: 'http/S05', title: 'a body over the limit', bytes: post(' '.repeat(1001)), status: 413 },
  { id: 'http/S06', title: 'a wrong media type', bytes: post('{}', 'text/x'), status: 415 },
  {
    id: 'http/S07',
    title: 'large headers',
    bytes: head('GET /', `X: ${'x'.repeat(17_000)}\r\n`),
    status: 431,
  },
  { id: 'http/S08', title: 'bytes that are not HTTP', bytes: 'HELLO\r\n\r\n', status: 400 },
  { id: 'http/S09', title: 'an invalid path', bytes: head('GET /books/%ff'), status: 400 },
  { id: 'http/S10', title: 'a long path', bytes: head(`GET /books/${'x'.repeat(101)}`), status: 414 },
  { id: 'http/S11', title: 'the IDE', bytes: head('GET /graphql', 'Accept: text/html\r\n'), status: 200 },
  { id: 'http/S12', title: 'the page of links', bytes: head('GET /', 'Accept: text/html\r\n'), status: 200 },
  { id: 'http/S13', title: 'the schema', bytes: head('GET /schema.graphql'), status: 200 },
  { id: 'http/S14', title: 'HEAD', bytes: head('HEAD /healthz'), status: 200 },
  { id: 'http/S15', title: 'metrics', bytes: head('GET /metrics'), status: 200 },
  { id: 'http/S16', title: 'metadata', bytes: head(`GET ${METADATA}`), status: 200 },
  {
    id: 'http/S17',
    title: 'a preflight',
    bytes: head(`OPTIONS ${METADATA}`, 'Origin: http://x\r\nAccess-Control-Request-Method: GET\r\n'),
    status: 204,
  },
]

/** Requests to the server with routes of this test. */
const SERVER_REQUESTS: readonly Row[] = [
  { id: 'http/S20', title: 'a file', bytes: head('GET /files/a.js'), status: 200 },
  {
    id: 'http/S21',
    title: 'a file that is not modified',
    bytes: head('GET /files/a.js', `If-None-Match: W/"5-1000"\r\n`),
    status: 304,
  },
  { id: 'http/S22', title: 'HEAD of a file', bytes: head('HEAD /files/a.js'), status: 200 },
  { id: 'http/S23', title: 'a missing file', bytes: head('GET /files/b.js'), status: 404 },
  { id: 'http/S24', title: 'an internal error', bytes: head('GET /throws'), status: 500 },
  {
    id: 'http/S25',
    title: 'a rate limit',
    bytes: head('GET /throws', 'X-Forwarded-For: 10.0.0.1\r\n'),
    status: 429,
  },
]

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    url: '/throws',
    handler: () => {
      throw new Error('thrown')
    },
  },
  { method: 'GET', url: '/held', handler: () => held },
]
let release = (_: HttpResponse) => {}
const held = new Promise<HttpResponse>((resolve) => {
  release = resolve
})

const folder = createTemporaryFolder()
let service: Service
let server: Awaited<ReturnType<typeof startRecordedServer>>
beforeAll(async () => {
  const file = join(folder, 'a.js')
  writeFileSync(file, 'plain')
  // The time is a part of its ETag.
  utimesSync(file, 1, 1)
  server = await startRecordedServer({
    routes: ROUTES,
    folder,
    settings: { IN_FLIGHT_LIMIT: '1', TRUSTED_PROXIES: '127.0.0.1' },
    limitAddress: async (address) => ({
      isAllowed: address !== '10.0.0.1',
      retryAfterSeconds: 1,
      headers: { 'ratelimit-policy': '', ratelimit: '' },
    }),
  })
  service = await startService({ API_URL: 'https://books.example.com', BODY_LIMIT: '1000' })
})
afterAll(async () => {
  await service.close()
  await server.server.close()
})

const openConnection = ({ apiUrl }: Service) => connect(Number(new URL(apiUrl).port), '127.0.0.1')

/** Returns the response's status and how often it has each of the security headers. */
function summarize(response: string) {
  const lines = response.split('\r\n\r\n')[0]?.toLowerCase().split('\r\n') ?? []
  const counts = SECURITY_HEADERS.map((header) => lines.filter((line) => line === header).length)
  return [Number(response.slice(9, 12)), ...counts]
}

test.each(API_REQUESTS)('$id each security header once: $title', async ({ bytes, status }) => {
  expect(summarize(await exchangeBytes(openConnection(service), [bytes]))).toEqual([status, 1, 1])
})

test.each(SERVER_REQUESTS)('$id each security header once: $title', async ({ bytes, status }) => {
  expect(summarize(await exchangeBytes(server.open(), [bytes]))).toEqual([status, 1, 1])
})

test('http/S26 each security header once: load shedding', async () => {
  const first = exchangeBytes(server.open(), [head('GET /held')])
  await waitUntil(async () => server.server.countInFlight() === 1)
  expect(summarize(await exchangeBytes(server.open(), [head('GET /held')]))).toEqual([503, 1, 1])
  release({ status: 200, headers: {}, body: '' })
  expect(summarize(await first)).toEqual([200, 1, 1])
})

test('http/S27 an API_URL with http: no Strict-Transport-Security', async () => {
  const plain = await startService()
  for (const { bytes, status } of API_REQUESTS.filter(({ id }) => /S(?:01|03|07)$/.test(id)))
    expect(summarize(await exchangeBytes(openConnection(plain), [bytes]))).toEqual([status, 1, 0])
  await plain.close()
})
