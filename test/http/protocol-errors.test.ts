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

/** Bytes that no good client sends: the status that they get, and what the answer must show. */
const BYTES: readonly (readonly [id: string, what: string, head: string, status: number, shows: RegExp])[] = [
  [
    'T04',
    'two Authorization headers',
    'GET /books HTTP/1.1\r\nAuthorization: Bearer a.b.c\r\nAuthorization: Bearer d.e.f',
    400,
    /www-authenticate: Bearer error="invalid_request"/i,
  ],
  [
    'T06',
    'a control byte in a header',
    'GET /books HTTP/1.1\r\nAuthorization: Bearer a\u0001b',
    400,
    /BAD_REQUEST/,
  ],
  [
    'T07b',
    'headers of 17 KiB',
    `GET /books HTTP/1.1\r\nX-Filler: ${'x'.repeat(17_408)}`,
    431,
    /LIMIT_EXCEEDED/,
  ],
  [
    'T32',
    'a length and chunks',
    'POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked',
    400,
    /BAD_REQUEST/,
  ],
  ['H01', 'not HTTP at all', 'HELLO', 400, /BAD_REQUEST/],
  ['H02', 'no such path', 'GET /nothing HTTP/1.1', 404, /NOT_FOUND/],
  ['H04', 'a whole address as target', 'GET http://localhost/books HTTP/1.1', 401, /UNAUTHENTICATED/],
  ['H03', 'a path that is not UTF-8', 'GET /books/%ff HTTP/1.1', 400, /BAD_REQUEST/],
]

test.each(BYTES)('%s %s', async (_, __, head, status, shows) => {
  const socket = connect(Number(new URL(service.apiUrl).port), '127.0.0.1')
  socket.write(`${head}\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  const answer = await text(socket)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer).toMatch(shows)
})

/** Requests that never end: each limit on time answers 408 and closes. */
const SLOW: readonly (readonly [id: string, what: string, bytes: string])[] = [
  ['T35a', 'headers that never end', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
  [
    'T35b',
    'a body that never ends',
    'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
  ],
]
test.each(SLOW)('%s %s', async (_, __, bytes) => {
  const strict = await startService({ HEADERS_TIMEOUT: '100', REQUEST_TIMEOUT: '200' })
  const socket = connect(Number(new URL(strict.apiUrl).port), '127.0.0.1')
  socket.write(bytes)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /)
  await strict.close()
})

test('T35c too many requests from one address: 429 and Retry-After, health goes on', async () => {
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

test('T35d too many requests at once: 503 and Retry-After, health goes on, and it recovers', async () => {
  const issuer = await startStubIssuer()
  const clock = createTestClock()
  const strict = await startService({ IN_FLIGHT_LIMIT: '1', KEYS_TIMEOUT: '60000' }, issuer.url, clock)
  // A request that waits for a key: the issuer takes its time.
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

test('an idle connection is closed after KEEP_ALIVE_TIMEOUT', async () => {
  const strict = await startService({ KEEP_ALIVE_TIMEOUT: '50' })
  const socket = connect(Number(new URL(strict.apiUrl).port), '127.0.0.1')
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
  await strict.close()
})
