import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, expect, test } from '@jest/globals'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { createTestClock } from '../../support/test-clock.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const TOKEN_PATH = '/oauth2/default/v1/token'

let site: Site
afterEach(() => site.close())

/** Counts the token requests in this process while `run` runs; only the web app sends any. */
async function countTokenRequests(run: () => Promise<unknown>): Promise<number> {
  let count = 0
  const onRequest = (message: unknown) => {
    if (Object(message).request?.path === TOKEN_PATH) count += 1
  }
  subscribe('undici:request:create', onRequest)
  try {
    await run()
  } finally {
    unsubscribe('undici:request:create', onRequest)
  }
  return count
}

test('refreshes an access token a minute before it expires, once for concurrent requests', async () => {
  const clock = createTestClock()
  site = await startSite({ clock })
  const agatha = site.newClient()
  await agatha.signIn()
  const sendMany = async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => agatha.request('/books')))
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200))
  }
  await clock.advance(HOUR_MS - 2 * MINUTE_MS)
  expect(await countTokenRequests(sendMany)).toBe(0)
  await clock.advance(MINUTE_MS)
  expect(await countTokenRequests(sendMany)).toBe(1)
  expect(await countTokenRequests(sendMany)).toBe(0)
  // The next refresh uses the rotated token; reuse of the first one would end the session.
  await clock.advance(HOUR_MS)
  expect(await countTokenRequests(sendMany)).toBe(1)
})

/** Submits a book after the issuer has forgotten the refresh token. */
async function submitAfterSignOut(clock: ReturnType<typeof createTestClock>) {
  const agatha = site.newClient()
  await agatha.signIn()
  const _csrf = await agatha.csrfToken()
  await site.restartIssuer()
  await clock.advance(HOUR_MS)
  const page = await agatha.submitForm(
    '/books/new',
    { ...BOOK_FORM, _csrf },
    { 'sec-fetch-site': 'same-origin' },
  )
  const [, signInPath = ''] = /href="(\/sign-in\?return-to=[^"]+)"/.exec(page.text) ?? []
  return { agatha, page, signInPath }
}

test('after a rejected refresh, a GET signs in again and returns, and a POST keeps its form', async () => {
  const clock = createTestClock()
  site = await startSite({ clock })
  const { agatha, page, signInPath } = await submitAfterSignOut(clock)
  expect([page.status, page.text]).toEqual([401, expect.stringContaining('You were signed out')])
  expect([agatha.sessionCookie(), await agatha.displayedName()]).toEqual([undefined, undefined])
  const form = await agatha.signIn(AGATHA, signInPath)
  expect([form.url, form.text]).toEqual([`${site.url}/books/new`, expect.stringContaining('value="Curtain"')])

  await site.restartIssuer()
  await clock.advance(HOUR_MS)
  const search = await agatha.request('/books?title=moon')
  expect([search.status, search.headers.get('location')]).toEqual([
    303,
    '/sign-in?return-to=%2Fbooks%3Ftitle%3Dmoon',
  ])
  const returned = await agatha.signIn(AGATHA, '/books?title=moon')
  expect([returned.status, returned.url]).toEqual([200, `${site.url}/books?title=moon`])
})

test('does not show a draft to another user', async () => {
  const clock = createTestClock()
  site = await startSite({ clock })
  const { agatha, signInPath } = await submitAfterSignOut(clock)
  const form = await agatha.signIn(ARTHUR, signInPath)
  expect([form.url, await agatha.displayedName()]).toEqual([`${site.url}/books/new`, 'Arthur Conan Doyle'])
  expect(form.text).not.toContain('Curtain')
})

test('during an outage of the issuer, uses tokens until they expire and keeps sessions', async () => {
  const clock = createTestClock()
  site = await startSite({ clock })
  const agatha = site.newClient()
  await agatha.signIn()
  await site.stopIssuer()
  await clock.advance(HOUR_MS - MINUTE_MS / 2)
  expect((await agatha.request('/books')).status).toBe(200)
  await clock.advance(MINUTE_MS)
  const page = await agatha.request('/books')
  expect([page.status, page.headers.get('retry-after'), page.text]).toEqual([
    503,
    '5',
    expect.stringContaining('Sign-in is unavailable'),
  ])
  expect(await agatha.displayedName()).toBe('Agatha Christie')
})

test('during an outage of the API, answers 503 and keeps sessions and drafts', async () => {
  site = await startSite()
  const agatha = site.newClient()
  await agatha.signIn()
  await site.stopApi()
  const page = await agatha.request('/books')
  expect([page.status, page.headers.get('retry-after'), page.text]).toEqual([
    503,
    '5',
    expect.stringContaining('The books are unavailable'),
  ])
  expect(
    (await agatha.submitForm('/books/new', { ...BOOK_FORM, _csrf: await agatha.csrfToken() })).status,
  ).toBe(503)
  expect((await agatha.request('/books/new')).text).toContain('value="Curtain"')
  expect(await agatha.displayedName()).toBe('Agatha Christie')
})

test.each([
  { settings: {}, idleHours: 2, maxHours: 12 },
  {
    settings: { SESSION_IDLE: String(HOUR_MS), SESSION_LIFE: String(3 * HOUR_MS) },
    idleHours: 1,
    maxHours: 3,
  },
])(
  'with $settings, ends an unused session after $idleHours h and any session after $maxHours h',
  async ({ settings, idleHours, maxHours }) => {
    const clock = createTestClock()
    site = await startSite({ clock, settings })
    const [idle, busy] = [site.newClient(), site.newClient()]
    await idle.signIn()
    await busy.signIn()
    // Steps are shorter than the shortest idle time.
    for (let quarter = 1; quarter < 4 * maxHours; quarter++) {
      await clock.advance(HOUR_MS / 4)
      expect(await busy.displayedName()).toBe('Agatha Christie')
      if (quarter === 4 * idleHours) expect(await idle.displayedName()).toBeUndefined()
    }
    await clock.advance(HOUR_MS / 4)
    expect(await busy.displayedName()).toBeUndefined()
  },
)

test('starts without the issuer and uses it once it is available', async () => {
  site = await startSite()
  await site.stopIssuer()
  const agatha = site.newClient()
  expect((await agatha.request('/')).status).toBe(200)
  expect((await agatha.request('/sign-in')).status).toBe(503)
  await site.restartIssuer()
  expect((await agatha.signIn()).status).toBe(200)
})

test('requests the scopes of the challenge, reuses the token until it expires, and leaves the first token as it is', async () => {
  const clock = createTestClock()
  site = await startSite({ clock })
  const agatha = site.newClient()
  await agatha.signIn()
  const fillForm = async () => ({ ...BOOK_FORM, _csrf: await agatha.csrfToken() })
  const submit = async () =>
    agatha.request('/books/new', { method: 'POST', body: new URLSearchParams(await fillForm()) })

  const redirect = await submit()
  const authorizeUrl = redirect.headers.get('location') ?? ''
  const parameters = new URL(authorizeUrl).searchParams
  expect([redirect.status, parameters.get('scope'), parameters.get('code_challenge_method')]).toEqual([
    303,
    'openid fakebookapi.admin',
    'S256',
  ])
  expect((await agatha.navigate(authorizeUrl)).url).toBe(`${site.url}/books/6?added=yes`)
  const tokenRequests = await countTokenRequests(async () => {
    const page = await agatha.submitForm('/books/new', await fillForm())
    expect(page.url).toBe(`${site.url}/books/7?added=yes`)
  })
  expect(tokenRequests).toBe(0)
  const { text } = await agatha.request('/profile')
  expect([...text.matchAll(/<li><code>([^<]+)/g)].map(([, scope]) => scope)).toEqual([
    ...['openid', 'profile', 'email', 'fakebookapi.read', 'offline_access'],
    ...['openid', 'fakebookapi.admin'],
  ])
  await clock.advance(HOUR_MS)
  expect((await submit()).headers.get('location')).toContain('scope=openid+fakebookapi.admin')
})
