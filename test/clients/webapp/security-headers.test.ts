import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { findFreePort } from '../../support/free-port.ts'
import { exchangeBytes } from '../../support/http/recorded-server.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'

const HTTPS = 'X-Forwarded-Proto: https\r\n'
const head = (line: string, headers = HTTPS) =>
  `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`

/** A request for each kind of response of the web app behind https. */
const REQUESTS: readonly {
  readonly id: string
  readonly title: string
  readonly bytes: string
  readonly status: number
}[] = [
  { id: 'webapp/S01', title: 'a page', bytes: head('GET /'), status: 200 },
  { id: 'webapp/S02', title: 'a redirect', bytes: head('GET /sign-in'), status: 303 },
  { id: 'webapp/S03', title: 'a file', bytes: head('GET /style.css'), status: 200 },
  { id: 'webapp/S04', title: 'an unknown path', bytes: head('GET /nothing'), status: 404 },
  { id: 'webapp/S05', title: 'a request by http', bytes: head('GET /', ''), status: 400 },
  { id: 'webapp/S06', title: 'an invalid URL', bytes: head('GET /%zz'), status: 400 },
  { id: 'webapp/S07', title: 'a long path', bytes: head(`GET /books/${'9'.repeat(200)}`), status: 400 },
  { id: 'webapp/S08', title: 'bytes that are not HTTP', bytes: 'HELLO\r\n\r\n', status: 400 },
  {
    id: 'webapp/S09',
    title: 'large headers',
    bytes: head('GET /', `X: ${'x'.repeat(17_000)}\r\n`),
    status: 431,
  },
]
let site: Site
let port: number
beforeAll(async () => {
  port = await findFreePort()
  site = await startSite({
    settings: { WEBAPP_PORT: String(port), WEBAPP_REDIRECT_URI: 'https://app.example.com/callback' },
  })
})
afterAll(() => site.close())

test.each(REQUESTS)('$id each security header once: $title', async ({ bytes, status }) => {
  const response = await exchangeBytes(connect(port, '127.0.0.1'), [bytes])
  const names = ['x-content-type-options: nosniff', 'strict-transport-security: max-age=31536000']
  const counts = names.map((name) => response.toLowerCase().split(`\r\n${name}`).length - 1)
  expect([Number(response.slice(9, 12)), ...counts]).toEqual([status, 1, 1])
})

test.each(['/', '/oauth2/default/.well-known/openid-configuration', '/oauth2/default/v1/authorize'])(
  'the embedded authorization server sends nosniff with %s',
  async (path) => {
    const { headers } = await fetch(new URL(path, site.issuerUrl), { redirect: 'manual' })
    expect([headers.get('x-content-type-options'), headers.get('strict-transport-security')]).toEqual([
      'nosniff',
      null,
    ])
  },
)
