import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Service, sendRequest, startService } from '../support/service.ts'
import { createSigningKey, startStubIssuer } from '../support/stub-issuer.ts'
import { createTestClock } from '../support/test-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

type MalformedRequest = {
  readonly id: string
  readonly title: string
  readonly head: string
  readonly status: number
  readonly shows: RegExp
}

const MALFORMED_REQUESTS: readonly MalformedRequest[] = [
  {
    id: 'http/T04',
    title: 'rejects two Authorization headers',
    head: 'GET /books HTTP/1.1\r\nAuthorization: Bearer a.b.c\r\nAuthorization: Bearer d.e.f',
    status: 400,
    shows: /www-authenticate: Bearer error="invalid_request"/i,
  },
  {
    id: 'http/T06',
    title: 'rejects a control character in a header',
    head: 'GET /books HTTP/1.1\r\nAuthorization: Bearer a\u0001b',
    status: 400,
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/T07b',
    title: 'rejects headers of 17 KiB',
    head: `GET /books HTTP/1.1\r\nX-Filler: ${'x'.repeat(17_408)}`,
    status: 431,
    shows: /LIMIT_EXCEEDED/,
  },
  {
    id: 'http/T32',
    title: 'rejects Content-Length together with chunks',
    head: 'POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked',
    status: 400,
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/H01',
    title: 'rejects bytes that are not HTTP',
    head: 'HELLO',
    status: 400,
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/H02',
    title: 'answers 404 for an unknown path',
    head: 'GET /nothing HTTP/1.1',
    status: 404,
    shows: /NOT_FOUND/,
  },
  {
    id: 'http/H04',
    title: 'accepts an absolute URL as request target',
    head: 'GET http://localhost/books HTTP/1.1',
    status: 401,
    shows: /UNAUTHENTICATED/,
  },
  {
    id: 'http/H03',
    title: 'rejects a path that is not UTF-8',
    head: 'GET /books/%ff HTTP/1.1',
    status: 400,
    shows: /BAD_REQUEST/,
  },
]

test.each(MALFORMED_REQUESTS)('$id $title', async ({ head, status, shows }) => {
  const socket = connect(Number(new URL(service.apiUrl).port), '127.0.0.1')
  socket.write(`${head}\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  const answer = await text(socket)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer).toMatch(shows)
})

const SLOW_REQUESTS: readonly { id: string; title: string; bytes: string }[] = [
  {
    id: 'http/T35a',
    title: 'headers that never end',
    bytes: 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
  },
  {
    id: 'http/T35b',
    title: 'a body that never ends',
    bytes:
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
  },
]
test.each(SLOW_REQUESTS)('$id answers 408 for $title', async ({ bytes }) => {
  const strict = await startService({ HEADERS_TIMEOUT: '100', REQUEST_TIMEOUT: '200' })
  const socket = connect(Number(new URL(strict.apiUrl).port), '127.0.0.1')
  socket.write(bytes)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /)
  await strict.close()
})

test('http/T35c answers 429 with Retry-After above RATE_LIMIT, but not on health endpoints', async () => {
  const strict = await startService({ RATE_LIMIT: '3' })
  const statuses = []
  for (let i = 0; i < 5; i++) statuses.push((await strict.graphql('{ __typename }')).status)
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  const refused = await sendRequest(`${strict.apiUrl}/books`)
  expect([refused.status, refused.json.errors?.[0]?.extensions.code]).toEqual([429, 'LIMIT_EXCEEDED'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  for (const path of ['/healthz', '/readyz', '/metrics'])
    expect((await sendRequest(`${strict.apiUrl}${path}`)).status).toBe(200)
  await strict.close()
})

test('http/T35d answers 503 with Retry-After above IN_FLIGHT_LIMIT, but not on health endpoints, and recovers', async () => {
  const issuer = await startStubIssuer()
  const clock = createTestClock()
  const strict = await startService(
    { IN_FLIGHT_LIMIT: '1', KEYS_TIMEOUT: '60000' },
    { issuerUrl: issuer.url, clock },
  )
  // One request waits for a key that the issuer holds back.
  const held: ServerResponse[] = []
  issuer.state.handler = (response) => void held.push(response)
  await clock.advance(31_000)
  const key = await createSigningKey('k2')
  const token = await issuer.signToken({}, {}, undefined, key)
  issuer.state.keys.push(key.jwk)
  const waiting = strict.graphql('{ books { id } }', token)
  await waitUntil(
    async () => (await sendRequest(`${strict.apiUrl}/healthz`)).status === 200 && held.length === 1,
  )
  const ask = () => strict.graphql('{ __typename }')
  const { status, headers, json } = await ask()
  expect([status, headers.get('retry-after'), json.errors?.[0]?.extensions.code]).toEqual([
    503,
    '1',
    'SERVICE_UNAVAILABLE',
  ])
  expect((await sendRequest(`${strict.apiUrl}/healthz`)).status).toBe(200)
  issuer.state.handler = undefined
  for (const response of held) response.end(JSON.stringify({ keys: issuer.state.keys }))
  expect((await waiting).status).toBe(200)
  expect((await ask()).status).toBe(200)
  await strict.close()
  await issuer.close()
})

test('closes an idle connection after KEEP_ALIVE_TIMEOUT', async () => {
  const strict = await startService({ KEEP_ALIVE_TIMEOUT: '50' })
  const socket = connect(Number(new URL(strict.apiUrl).port), '127.0.0.1')
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
  await strict.close()
})
