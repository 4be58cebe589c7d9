import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startAuthorizationServer } from '../../src/authorization-server/server.ts'
import { parseConfig } from '../../src/config/config.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { authorizeUrl, REDIRECT_URI } from '../support/authorization-server/oauth-client.ts'
import { exchangeBytes } from '../support/http/recorded-server.ts'

const LIMITS = { HEADERS_TIMEOUT: '100', REQUEST_TIMEOUT: '200', CONNECTION_LIMIT: '3' }
const errors: unknown[] = []
let issuer: Awaited<ReturnType<typeof startAuthorizationServer>>
/** The head of a request that submits the sign-in form, without its last line. */
let formHead: string
beforeAll(async () => {
  issuer = await startAuthorizationServer({
    port: 0,
    dataFolder: undefined,
    limits: parseConfig(LIMITS).http,
    log: { error: (entry: unknown) => errors.push(entry) },
    clock: systemClock,
    audience: 'api://default',
    scopes: ['fakebookapi.read'],
    redirectUris: () => ({ webapp: [REDIRECT_URI], ide: [] }),
  })
  const { headers } = await fetch(authorizeUrl(issuer.url), { redirect: 'manual' })
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  formHead = `POST ${headers.get('location')} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookies.join('; ')}\r\n`
})
afterAll(() => issuer.close())

const open = () => connect(Number(new URL(issuer.url).port), '127.0.0.1').on('error', () => undefined)

const KEYS = 'GET /oauth2/default/v1/keys HTTP/1.1\r\nHost: localhost\r\n'

type ConnectionCase = {
  readonly id: string
  readonly title: string
  readonly parts: () => readonly string[]
  readonly status: number
}

const CONNECTIONS: readonly ConnectionCase[] = [
  {
    id: 'authorization-server/O82',
    title: 'a client that sends nothing until HEADERS_TIMEOUT',
    parts: () => [],
    status: 408,
  },
  {
    id: 'authorization-server/O83',
    title: 'a form that is not complete at REQUEST_TIMEOUT',
    parts: () => [`${formHead}Content-Length: 100\r\n\r\nlogin=`],
    status: 408,
  },
  {
    id: 'authorization-server/O84',
    title: 'bytes that are not a request behind one that is',
    parts: () => [`${KEYS}\r\nGARBAGE\r\n\r\n`],
    status: 400,
  },
  {
    id: 'authorization-server/O85',
    title: 'a form with a malformed chunk',
    parts: () => [`${formHead}Transfer-Encoding: chunked\r\n\r\n`, 'zz\r\n'],
    status: 400,
  },
  {
    id: 'authorization-server/O86',
    title: 'two Host headers',
    parts: () => [`${KEYS}Host: localhost\r\nConnection: close\r\n\r\n`],
    status: 421,
  },
]
test.each(CONNECTIONS)('$id answers $status, and logs no error, for $title', async ({ parts, status }) => {
  const text = await exchangeBytes(open(), parts())
  expect(Array.from(text.matchAll(/^HTTP\/1\.1 (\d+) /gm), (match) => Number(match[1]))).toEqual([status])
  expect(errors).toEqual([])
})

test('authorization-server/O87 logs no error when a client disconnects while it sends a form', async () => {
  const socket = open()
  socket.write(`${formHead}Expect: 100-continue\r\nContent-Length: 100\r\n\r\n`)
  await once(socket, 'data')
  socket.resetAndDestroy()
  await exchangeBytes(open(), [`${KEYS}Connection: close\r\n\r\n`])
  expect(errors).toEqual([])
})

test('authorization-server/O88 closes a connection beyond CONNECTION_LIMIT', async () => {
  const sockets = Array.from({ length: 4 }, open)
  const textOfClosed = await Promise.race(sockets.map((socket) => exchangeBytes(socket, [`${KEYS}\r\n`])))
  expect(textOfClosed).toBe('')
  for (const socket of sockets) socket.destroy()
})

test('authorization-server/O89 closes a connection that sends a form in many small chunks', async () => {
  const chunks = '1\r\nx\r\n'.repeat(1_100)
  const parts = [`${formHead}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`, '0\r\n\r\n']
  expect(await exchangeBytes(open(), parts)).toBe('')
  expect(errors).toEqual([])
})
