import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { authorizeUrl, exchangeCode } from '../support/authorization-server/oauth-client.ts'
import { createRedirectFollower } from '../support/authorization-server/redirect-follower.ts'
import { startTestAuthorizationServer } from '../support/authorization-server/start-test-authorization-server.ts'
import { AGATHA, ARTHUR } from '../support/demo-accounts.ts'
import { createTestClock } from '../support/test-clock.ts'

const clock = createTestClock()
let issuer: Awaited<ReturnType<typeof startTestAuthorizationServer>>
beforeAll(async () => {
  issuer = await startTestAuthorizationServer(undefined, {}, clock)
})
afterAll(() => issuer.close())

const form = (login: string, password: string) => ({
  method: 'POST',
  body: new URLSearchParams({ login, password }),
})
const WRONG = form(AGATHA.login, 'wrong')
const RIGHT = form(AGATHA.login, AGATHA.password)

async function atTheForm() {
  const visit = createRedirectFollower(issuer.url)
  const { at, page } = await visit(authorizeUrl(issuer.url))
  return { visit, at, page }
}

test('the page says where one is going and who is known; it loads nothing, and nobody may frame or keep it', async () => {
  const { at, page } = await atTheForm()
  expect(page).toContain('FakebookAuthCodeClient')
  expect(page).toContain('agatha@example.com')
  expect(page).not.toMatch(/https?:|<script|@import/)
  const { headers } = await fetch(at)
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('cache-control')).toBe('no-store')
})

test('a wrong password gets the form again, with the login kept as text', async () => {
  const { visit, at } = await atTheForm()
  const { status, page } = await visit(at, form('"><script>alert(1)</script>', 'wrong'))
  expect([status, page.includes('role="alert"'), page.includes('<script')]).toEqual([401, true, false])
  expect(page).toContain('value="&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;"')
})

test('a login counts in any letters', async () => {
  const { visit, at } = await atTheForm()
  const { at: end } = await visit(at, form(' Agatha@Example.COM ', AGATHA.password))
  expect(new URL(end).searchParams.has('code')).toBe(true)
})

test('from the fifth wrong password on, each costs twice the wait, even for the right one; another login is not held up', async () => {
  const { visit, at } = await atTheForm()
  for (let i = 0; i < 5; i++) expect((await visit(at, WRONG)).status).toBe(401)
  const held = await visit(at, RIGHT)
  expect([held.status, held.page.includes('Try again in 30 s.')]).toEqual([429, true])
  await clock.advance(30_000)
  expect((await visit(at, WRONG)).status).toBe(401)
  expect((await visit(at, RIGHT)).page).toContain('Try again in 60 s.')
  const other = await atTheForm()
  expect((await other.visit(other.at, form(ARTHUR.login, ARTHUR.password))).status).toBe(303)
  await clock.advance(60_000)
  expect((await visit(at, RIGHT)).status).toBe(303)
  const again = await atTheForm()
  expect((await again.visit(again.at, WRONG)).status).toBe(401)
})

test('waits end at a quarter of an hour, and a login that there is not waits as well', async () => {
  const { visit, at } = await atTheForm()
  for (let i = 0; i < 12; i++) {
    expect((await visit(at, form('nobody@example.com', 'x'))).status).toBe(401)
    await clock.advance(900_000)
  }
  expect((await visit(at, form('nobody@example.com', 'x'))).status).toBe(401)
  expect((await visit(at, form('nobody@example.com', 'x'))).page).toContain('Try again in 900 s.')
})

test('two tabs: each ends in its own sign-in', async () => {
  const visit = createRedirectFollower(issuer.url)
  const first = await visit(authorizeUrl(issuer.url, { state: 'first' }))
  const second = await visit(authorizeUrl(issuer.url, { state: 'second' }))
  for (const [tab, state] of [
    [second, 'second'],
    [first, 'first'],
  ] as const) {
    const end = new URL((await visit(tab.at, RIGHT)).at)
    expect(end.searchParams.get('state')).toBe(state)
    expect((await exchangeCode(issuer.url, end.searchParams.get('code') ?? '')).status).toBe(200)
  }
})

test('reload shows the form again; back, once it is done, says so and where to go on', async () => {
  const { visit, at } = await atTheForm()
  expect((await visit(at)).page).toContain('id="password"')
  await visit(at, RIGHT)
  for (const once of [{}, RIGHT]) {
    const { status, page } = await visit(at, once)
    expect([
      status,
      page.includes('This sign-in has ended'),
      page.includes('href="http://localhost:7001"'),
    ]).toEqual([400, true, true])
  }
})

test('a form is good in the browser that it was shown in alone', async () => {
  const { at } = await atTheForm()
  const { status, page } = await createRedirectFollower(issuer.url)(at, RIGHT)
  expect([status, page.includes('This sign-in has ended')]).toEqual([400, true])
})

test('a form of any size is not read', async () => {
  const { visit, at } = await atTheForm()
  expect((await visit(at, form(AGATHA.login, 'x'.repeat(9_000)))).status).toBe(413)
})

/** Names by which a page elsewhere could have itself called (DNS rebinding), and no names at all. */
test.each([
  'evil.example:4400',
  '%%%',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'localhost:4400@evil',
  '',
])('Host: %s gets no answer', async (host) => {
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
