import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FORGED_SIGN_IN_COOKIES } from '../../cases/webapp/attacks.ts'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { createTestClock } from '../../support/test-clock.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, type WebClient } from '../../support/webapp/web-client.ts'

const LIFETIME_MS = 600_000
const clock = createTestClock()

let site: Site
beforeAll(async () => {
  site = await startSite({ clock })
})
afterAll(() => site.close())

const signInCookies = (client: WebClient) =>
  [...client.cookies].filter(([, { name }]) => name.startsWith('fakebook-sign-in-'))
const lastSignInCookie = (client: WebClient) => signInCookies(client).at(-1)?.[1].value ?? ''
const cookieLength = (client: WebClient) =>
  [...client.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ').length

describe('the cookie of a pending sign-in', () => {
  let another = ''
  let elsewhere = ''
  beforeAll(async () => {
    const otherSite = await startSite()
    const [otherUser, otherClient] = [site.newClient(), otherSite.newClient()]
    await otherUser.signInUntilCallback(ARTHUR)
    await otherClient.signInUntilCallback()
    await otherSite.close()
    another = lastSignInCookie(otherUser)
    elsewhere = lastSignInCookie(otherClient)
  })

  test.each(FORGED_SIGN_IN_COOKIES)('$id starts no session with $title', async ({ forge }) => {
    const client = site.newClient()
    await client.submitForm('/books/new', BOOK_FORM, { 'sec-fetch-site': 'same-origin' })
    const draft = client.cookies.get('fakebook-draft /')?.value ?? ''
    await client.request('/sign-in')
    const ownOther = lastSignInCookie(client)
    const callback = await client.signInUntilCallback()
    const [key = '', cookie] = signInCookies(client).at(-1) ?? []
    for (const issued of [draft, ownOther, another, elsewhere]) expect(issued.length).toBeGreaterThan(150)
    const value = forge({ own: cookie?.value ?? '', ownOther, another, elsewhere, draft })
    client.cookies.set(key, { name: key.split(' ')[0] ?? '', path: '/', value })
    const reply = await client.request(callback)
    expect([reply.status, client.sessionCookie()]).toEqual([400, undefined])
    expect(reply.text).toContain('No session was started')
  })

  test('webapp/A14o starts no session after ten minutes, even if the browser still sends it', async () => {
    const [early, late] = [site.newClient(), site.newClient()]
    const callbacks = [await early.signInUntilCallback(), await late.signInUntilCallback()]
    await clock.advance(LIFETIME_MS - 1_000)
    expect((await early.navigate(callbacks[0] ?? '')).status).toBe(200)
    await clock.advance(1_000)
    expect((await late.navigate(callbacks[1] ?? '')).status).toBe(400)
    expect(late.sessionCookie()).toBeUndefined()
  })
})

test('webapp/A15a exchanges the code of a callback once that a browser sends twice at once: its tokens stay valid', async () => {
  const client = site.newClient()
  const callback = await client.signInUntilCallback()
  const replies = await Promise.all([client.request(callback), client.request(callback)])
  expect(replies.map(({ status }) => status).sort()).toEqual([303, 400])
  // The page asks the authorization server with the access token.
  expect((await client.request('/profile')).status).toBe(200)
})

test('webapp/A15b rejects a callback that is repeated with its cookie, and keeps the session', async () => {
  const client = site.newClient()
  const callback = await client.signInUntilCallback()
  const pending = signInCookies(client)
  await client.navigate(callback)
  const session = client.sessionCookie()
  for (const [key, cookie] of pending) client.cookies.set(key, cookie)
  expect((await client.request(callback)).status).toBe(400)
  expect([client.sessionCookie(), (await client.request('/profile')).status]).toEqual([session, 200])
})

test('webapp/A16a completes each of six sign-ins that are pending in one browser', async () => {
  const client = site.newClient()
  const callbacks: string[] = []
  for (let i = 0; i < 6; i++) {
    // Without its cookies the issuer starts another session: tokens of one session are revoked together.
    for (const [key, { name }] of [...client.cookies])
      if (!name.startsWith('fakebook')) client.cookies.delete(key)
    callbacks.push(await client.signInUntilCallback(AGATHA, `/sign-in?return-to=/books/${i}`))
  }
  for (const callback of callbacks) expect((await client.request(callback)).status).toBe(303)
  expect([signInCookies(client), (await client.request('/profile')).status]).toEqual([[], 200])
})

test('webapp/A16b keeps all cookies together below 8 KiB, the limit of proxies, and the latest sign-in works', async () => {
  const client = site.newClient()
  await client.submitForm(
    '/books/new',
    { ...BOOK_FORM, title: 'x'.repeat(2_000) },
    { 'sec-fetch-site': 'same-origin' },
  )
  const returnTo = `/books?title=${'a'.repeat(1_990)}`
  for (let i = 0; i < 12; i++) {
    await client.request(i % 3 === 0 ? `/sign-in?return-to=${returnTo}` : '/sign-in')
    expect(cookieLength(client)).toBeLessThan(8_000)
  }
  const end = await client.signIn(AGATHA, `/sign-in?return-to=${returnTo}`)
  expect([end.status, end.url]).toEqual([200, site.url + returnTo])
})

test('webapp/A16c signs in with 12,000 bytes of other cookies', async () => {
  const client = site.newClient()
  for (let i = 0; i < 100; i++)
    client.cookies.set(`junk${i} /`, { name: `junk${i}`, path: '/', value: 'x'.repeat(110) })
  expect((await client.signIn()).status).toBe(200)
})

test('webapp/A17a restores a form in the browser that submitted it, and in no other', async () => {
  const [victim, attacker] = [site.newClient(), site.newClient()]
  const page = await victim.submitForm('/books/new', BOOK_FORM, { 'sec-fetch-site': 'same-origin' })
  const [, link = ''] = /class="button" href="(\/sign-in\?[^"]+)"/.exec(page.text) ?? []
  await attacker.signIn(AGATHA, link)
  expect((await attacker.request('/books/new')).text).not.toContain('Curtain')
  expect((await victim.signIn(AGATHA, link)).text).toContain('value="Curtain"')
})

test('webapp/A17b restores nothing from an altered cookie, and signs in', async () => {
  const client = site.newClient()
  await client.submitForm('/books/new', BOOK_FORM, { 'sec-fetch-site': 'same-origin' })
  const key = 'fakebook-draft /'
  const cookie = client.cookies.get(key)
  const value = cookie?.value.replace(/.$/, (letter) => (letter === 'A' ? 'Q' : 'A')) ?? ''
  client.cookies.set(key, { name: 'fakebook-draft', path: '/', value })
  const form = await client.signIn(AGATHA, '/sign-in?return-to=/books/new')
  expect([form.status, form.text]).toEqual([200, expect.not.stringContaining('Curtain')])
})

test('webapp/A17c adds the book of each of two step-ups that are pending at once', async () => {
  const client = site.newClient()
  await client.signIn()
  const _csrf = await client.csrfToken()
  const startStepUp = async (title: string) => {
    const body = new URLSearchParams({ ...BOOK_FORM, title, form: title, _csrf })
    const isCallback = (url: string) => url.startsWith(`${site.url}/callback?`)
    return (await client.navigate('/books/new', { method: 'POST', body }, isCallback)).url
  }
  const callbacks = [await startStepUp('First-tab'), await startStepUp('Second-tab')]
  const pages = [await client.navigate(callbacks[0] ?? ''), await client.navigate(callbacks[1] ?? '')]
  expect(pages.map(({ text }) => /<h1[^>]*>([^<]+)/.exec(text)?.[1])).toEqual(['First-tab', 'Second-tab'])
})

test('webapp/M24 removes at most ten cookies of pending sign-ins with one response', async () => {
  const cookie = Array.from({ length: 600 }, (_, i) => `fakebook-sign-in-${i}=x`).join('; ')
  const { status, headers } = await fetch(`${site.url}/sign-in`, { headers: { cookie }, redirect: 'manual' })
  expect([status, headers.getSetCookie().length]).toEqual([303, 11])
})
