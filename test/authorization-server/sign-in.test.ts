import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startAuthorizationServer } from '../../src/authorization-server/server.ts'
import { parseConfig } from '../../src/config/config.ts'
import { createIssuerClient } from '../support/authorization-server/issuer-client.ts'
import { authorizeUrl, exchangeCode, REDIRECT_URI } from '../support/authorization-server/oauth-client.ts'
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../support/authorization-server/start-test-authorization-server.ts'
import { AGATHA, ARTHUR } from '../support/demo-accounts.ts'
import { createTestClock } from '../support/test-clock.ts'

const clock = createTestClock()
let issuer: TestAuthorizationServer
beforeAll(async () => {
  issuer = await startTestAuthorizationServer({ clock })
})
afterAll(() => issuer.close())

const postCredentials = (login: string, password: string) => ({
  method: 'POST',
  body: new URLSearchParams({ login, password }),
})
const WRONG_PASSWORD = postCredentials(AGATHA.login, 'wrong')
const RIGHT_PASSWORD = postCredentials(AGATHA.login, AGATHA.password)

/** Opens the sign-in form in a new client. */
async function openForm() {
  const visit = createIssuerClient(issuer.url)
  const { url, text } = await visit(authorizeUrl(issuer.url))
  return { visit, url, text }
}

test('shows the application and the demo accounts, loads nothing, and forbids framing and caching', async () => {
  const { url, text } = await openForm()
  expect(text).toContain('<h1>Sign in to FakeBook</h1>')
  expect(text).toContain('agatha@example.com')
  expect(text).not.toMatch(/https?:|<script|@import/)
  const { headers } = await fetch(url)
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('cache-control')).toBe('no-store')
})

test('fills in the demo account that is asked for, and no other password', async () => {
  const { visit, url } = await openForm()
  expect((await visit(`${url}?account=${ARTHUR.login}`)).text).toContain(`value="${ARTHUR.password}"`)
  expect((await visit(`${url}?account=unknown`)).text).toContain(
    'id="password" name="password" type="password" value=""',
  )
})

test('shows the form again after a wrong password, with the login escaped', async () => {
  const { visit, url } = await openForm()
  const { status, text } = await visit(url, postCredentials('"><script>alert(1)</script>', 'wrong'))
  expect([status, text.includes('role="alert"'), text.includes('<script')]).toEqual([401, true, false])
  expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
})

test('ignores the letter case of a login and whitespace around it', async () => {
  const { visit, url } = await openForm()
  const end = await visit(url, postCredentials(' Agatha@Example.COM ', AGATHA.password))
  expect(new URL(end.url).searchParams.has('code')).toBe(true)
})

test('throttles a login after five wrong passwords with doubling delays, and no other login', async () => {
  const { visit, url } = await openForm()
  for (let i = 0; i < 5; i++) expect((await visit(url, WRONG_PASSWORD)).status).toBe(401)
  const throttled = await visit(url, RIGHT_PASSWORD)
  expect([throttled.status, throttled.text.includes('Try again in 30 s.')]).toEqual([429, true])
  await clock.advance(30_000)
  expect((await visit(url, WRONG_PASSWORD)).status).toBe(401)
  expect((await visit(url, RIGHT_PASSWORD)).text).toContain('Try again in 60 s.')
  const other = await openForm()
  const otherReply = await other.visit(other.url, postCredentials(ARTHUR.login, ARTHUR.password))
  expect(otherReply.status).toBe(303)
  await clock.advance(60_000)
  expect((await visit(url, RIGHT_PASSWORD)).status).toBe(303)
  // A successful sign-in resets the count.
  const next = await openForm()
  expect((await next.visit(next.url, WRONG_PASSWORD)).status).toBe(401)
})

test('limits the delay to 15 minutes, and throttles unknown logins too', async () => {
  const { visit, url } = await openForm()
  const unknownLogin = postCredentials('unknown@example.com', 'x')
  for (let i = 0; i < 12; i++) {
    expect((await visit(url, unknownLogin)).status).toBe(401)
    await clock.advance(900_000)
  }
  expect((await visit(url, unknownLogin)).status).toBe(401)
  expect((await visit(url, unknownLogin)).text).toContain('Try again in 900 s.')
})

test('completes the sign-ins of two tabs independently', async () => {
  const visit = createIssuerClient(issuer.url)
  const first = await visit(authorizeUrl(issuer.url, { state: 'first' }))
  const second = await visit(authorizeUrl(issuer.url, { state: 'second' }))
  for (const { tab, state } of [
    { tab: second, state: 'second' },
    { tab: first, state: 'first' },
  ]) {
    const callback = new URL((await visit(tab.url, RIGHT_PASSWORD)).url)
    expect(callback.searchParams.get('state')).toBe(state)
    expect((await exchangeCode(issuer.url, callback.searchParams.get('code') ?? '')).status).toBe(200)
  }
})

test('shows the form again on reload, and a link to the application after the sign-in was completed', async () => {
  const { visit, url } = await openForm()
  expect((await visit(url)).text).toContain('id="password"')
  await visit(url, RIGHT_PASSWORD)
  for (const init of [{}, RIGHT_PASSWORD]) {
    const { status, text } = await visit(url, init)
    expect(status).toBe(400)
    expect(text).toContain('This sign-in has ended')
    expect(text).toContain('href="http://localhost:7001"')
  }
})

test('rejects a form that was opened in another browser', async () => {
  const { url } = await openForm()
  const { status, text } = await createIssuerClient(issuer.url)(url, RIGHT_PASSWORD)
  expect([status, text.includes('This sign-in has ended')]).toEqual([400, true])
})

/** Fetch sends a stream in chunks, without a Content-Length. */
const inChunks = ({ body, ...init }: ReturnType<typeof postCredentials>): RequestInit => ({
  ...init,
  body: new Blob([String(body)]).stream(),
  duplex: 'half',
})

test('rejects a form that is too large, with its length or in chunks', async () => {
  const { visit, url } = await openForm()
  const form = postCredentials(AGATHA.login, 'x'.repeat(9_000))
  for (const init of [form, inChunks(form)]) {
    const { status, text } = await visit(url, init)
    expect([status, text.includes('is too long')]).toEqual([413, true])
  }
})

test('accepts a form in chunks', async () => {
  const { visit, url } = await openForm()
  expect((await visit(url, inChunks(WRONG_PASSWORD))).status).toBe(401)
  expect((await visit(url, inChunks(RIGHT_PASSWORD))).status).toBe(303)
})

test('logs an unexpected error and shows a page', async () => {
  const failure = new Error('secret detail')
  const errors: unknown[] = []
  const server = await startAuthorizationServer({
    port: 0,
    dataFolder: undefined,
    limits: parseConfig({}).http,
    log: { error: (entry: unknown) => errors.push(entry) },
    clock: {
      ...clock,
      monotonicNow() {
        throw failure
      },
    },
    audience: 'api://default',
    scopes: ['fakebookapi.read'],
    redirectUris: () => ({ webapp: [REDIRECT_URI], ide: [] }),
  })
  const visit = createIssuerClient(server.url)
  const { url } = await visit(authorizeUrl(server.url))
  const { status, text } = await visit(url, WRONG_PASSWORD)
  await server.close()
  expect([status, text.includes('<h1>Something went wrong</h1>')]).toEqual([500, true])
  expect(text).not.toContain('secret detail')
  expect(errors).toEqual([{ err: failure }])
})

/** Host names of DNS rebinding attacks, and invalid ones. */
test.each([
  'evil.example:4400',
  '%%%',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'localhost:4400@evil',
  '',
])('rejects the Host header "%s"', async (host) => {
  const { port } = new URL(issuer.url)
  const status = await new Promise((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      path: '/oauth2/default/v1/keys',
      headers: { host },
      setHost: false,
    }
    request(options, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
  expect(status).toBe(421)
})
