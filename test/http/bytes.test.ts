import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Service, startService } from '../service.ts'

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
    'T07',
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
  ['H03', 'a path that is not UTF-8', 'GET /books/%ff HTTP/1.1', 400, /BAD_REQUEST/],
]

test.each(BYTES)('%s %s', async (_, __, head, status, shows) => {
  const socket = connect(Number(new URL(service.api).port), '127.0.0.1')
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
  const socket = connect(Number(new URL(strict.api).port), '127.0.0.1')
  socket.write(bytes)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /)
  await strict.close()
})

test('an idle connection is closed after KEEP_ALIVE_TIMEOUT', async () => {
  const strict = await startService({ KEEP_ALIVE_TIMEOUT: '50' })
  const socket = connect(Number(new URL(strict.api).port), '127.0.0.1')
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
  await strict.close()
})
