import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, expect, test } from '@jest/globals'
import { spawnCli } from '../../support/cli-process.ts'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { createTestClock } from '../../support/test-clock.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, createWebClient } from '../../support/webapp/web-client.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let site: Site
afterEach(() => site.close())

/** Paths that anybody in this process asks for while `run` runs: only the web app asks the issuer. */
async function askedWhile(run: () => Promise<unknown>): Promise<string[]> {
  const paths: string[] = []
  const note = (message: unknown) => void paths.push(String(Object(message).request?.path))
  subscribe('undici:request:create', note)
  await run()
  unsubscribe('undici:request:create', note)
  return paths
}

const TOKEN = '/oauth2/default/v1/token'
const countOf = (paths: readonly string[], path: string) => paths.filter((one) => one === path).length

test('an access token is renewed a minute before it ends, once for all who ask', async () => {
  const clock = createTestClock()
  site = await startSite({}, clock)
  const agatha = site.newClient()
  await agatha.signIn()
  const many = async () => {
    const seen = await Promise.all(Array.from({ length: 20 }, () => agatha.request('/books')))
    expect(seen.map(({ status }) => status)).toEqual(Array(20).fill(200))
  }
  await clock.advance(HOUR - 2 * MINUTE)
  expect(countOf(await askedWhile(many), TOKEN)).toBe(0)
  await clock.advance(MINUTE)
  expect(countOf(await askedWhile(many), TOKEN)).toBe(1)
  expect(countOf(await askedWhile(many), TOKEN)).toBe(0)
  // The new refresh token was kept: the next renewal is not a reuse, which would end everything.
  await clock.advance(HOUR)
  expect(countOf(await askedWhile(many), TOKEN)).toBe(1)
})

/** Somebody sends a book when the sign-in has ended elsewhere. @returns what they are told, and where their book waits */
async function sentTooLate(clock: ReturnType<typeof createTestClock>) {
  const agatha = site.newClient()
  await agatha.signIn()
  const _csrf = await agatha.csrfToken()
  await site.restartIssuer()
  await clock.advance(HOUR)
  const told = await agatha.submitForm(
    '/books/new',
    { ...BOOK_FORM, _csrf },
    { 'sec-fetch-site': 'same-origin' },
  )
  const [, draft = ''] = /href="(\/sign-in\?draft=[^"]+)"/.exec(told.text) ?? []
  return { agatha, told, draft }
}

test('a refused refresh: a GET signs in again and comes back, a POST is told, and its book is kept', async () => {
  const clock = createTestClock()
  site = await startSite({}, clock)
  const { agatha, told, draft } = await sentTooLate(clock)
  expect([told.status, told.text]).toEqual([401, expect.stringContaining('You were signed out')])
  expect([agatha.sessionCookie(), await agatha.displayedName()]).toEqual([undefined, undefined])
  const back = await agatha.signIn(AGATHA, draft)
  expect([back.url, back.text]).toEqual([`${site.url}/books/new`, expect.stringContaining('value="Curtain"')])

  await site.restartIssuer()
  await clock.advance(HOUR)
  const search = await agatha.request('/books?title=moon')
  expect([search.status, search.headers.get('location')]).toEqual([
    303,
    '/sign-in?return-to=%2Fbooks%3Ftitle%3Dmoon',
  ])
  const again = await agatha.signIn(AGATHA, '/books?title=moon')
  expect([again.status, again.url]).toEqual([200, `${site.url}/books?title=moon`])
})

test('a kept book goes to nobody else', async () => {
  const clock = createTestClock()
  site = await startSite({}, clock)
  const { agatha, draft } = await sentTooLate(clock)
  const back = await agatha.signIn(ARTHUR, draft)
  expect([back.url, await agatha.displayedName()]).toEqual([`${site.url}/books/new`, 'Arthur Conan Doyle'])
  expect(back.text).not.toContain('Curtain')
})

test('the issuer is away: nobody is signed out, and what is good for some seconds yet is used', async () => {
  const clock = createTestClock()
  site = await startSite({}, clock)
  const agatha = site.newClient()
  await agatha.signIn()
  await site.stopIssuer()
  await clock.advance(HOUR - MINUTE / 2)
  expect((await agatha.request('/books')).status).toBe(200)
  await clock.advance(MINUTE)
  const away = await agatha.request('/books')
  expect([away.status, away.headers.get('retry-after'), away.text]).toEqual([
    503,
    '5',
    expect.stringContaining('Nobody can be signed in just now'),
  ])
  expect(await agatha.displayedName()).toBe('Agatha Christie')
})

test('the API is away: 503, and everybody stays signed in', async () => {
  site = await startSite()
  const agatha = site.newClient()
  await agatha.signIn()
  await site.stopApi()
  const away = await agatha.request('/books')
  expect([away.status, away.headers.get('retry-after'), away.text]).toEqual([
    503,
    '5',
    expect.stringContaining('The books are out of reach'),
  ])
  // A book that was just written down is in the form yet.
  expect(
    (await agatha.submitForm('/books/new', { ...BOOK_FORM, _csrf: await agatha.csrfToken() })).status,
  ).toBe(503)
  expect((await agatha.request('/books/new')).text).toContain('value="Curtain"')
  expect(await agatha.displayedName()).toBe('Agatha Christie')
})

test.each([
  [{}, 2, 12],
  [{ SESSION_IDLE: String(HOUR), SESSION_LIFE: String(3 * HOUR) }, 1, 3],
])(
  'with %j a session ends when nobody uses it for %i hours, and after %i in any case',
  async (settings, unused, any) => {
    const clock = createTestClock()
    site = await startSite({}, clock, settings)
    const [idle, busy] = [site.newClient(), site.newClient()]
    await idle.signIn()
    await busy.signIn()
    // Less than an hour each time, so that the shortest life without use does not end in between.
    for (let quarter = 1; quarter < 4 * any; quarter++) {
      await clock.advance(HOUR / 4)
      expect(await busy.displayedName()).toBe('Agatha Christie')
      if (quarter === 4 * unused) expect(await idle.displayedName()).toBeUndefined()
    }
    await clock.advance(HOUR / 4)
    expect(await busy.displayedName()).toBeUndefined()
  },
)

test('the web app starts without the issuer, and finds it when it is there', async () => {
  site = await startSite()
  await site.stopIssuer()
  const agatha = site.newClient()
  expect((await agatha.request('/')).status).toBe(200)
  expect((await agatha.request('/sign-in')).status).toBe(503)
  await site.restartIssuer()
  expect((await agatha.signIn()).status).toBe(200)
})

test('the web app alone, in a process of its own: it starts, and says who is away', async () => {
  site = await startSite()
  const nowhere = 'http://localhost:1/oauth2/default'
  const settings = { DATABASE_URL: 'file::memory:', WEBAPP_PORT: '0', OKTA_ISSUER: nowhere }
  const alone = spawnCli(['webapp'], settings)
  const [, url = ''] = await alone.waitForOutput(/^Web app\s+(\S+)$/m)
  const away = await createWebClient(url).request('/sign-in')
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5'])
  alone.child.kill('SIGTERM')
  expect(await alone.exited).toBe(0)
})

test('step-up is for the scopes that the challenge names, once while its token lasts; the everyday token stays small', async () => {
  const clock = createTestClock()
  site = await startSite({}, clock)
  const agatha = site.newClient()
  await agatha.signIn()
  const form = async () => ({ ...BOOK_FORM, _csrf: await agatha.csrfToken() })
  const body = new URLSearchParams(await form())
  const detour = await agatha.request('/books/new', { method: 'POST', body })
  const asked = new URL(detour.headers.get('location') ?? '').searchParams
  expect([detour.status, asked.get('scope'), asked.get('code_challenge_method')]).toEqual([
    303,
    'openid fakebookapi.admin',
    'S256',
  ])
  expect((await agatha.navigate(detour.headers.get('location') ?? '')).url).toBe(
    `${site.url}/books/6?added=yes`,
  )
  const second = await askedWhile(async () => {
    expect((await agatha.submitForm('/books/new', await form())).url).toBe(`${site.url}/books/7?added=yes`)
  })
  expect(countOf(second, TOKEN)).toBe(0)
  const { text } = await agatha.request('/profile')
  expect([...text.matchAll(/<li><code>([^<]+)/g)].map(([, scope]) => scope)).toEqual([
    ...['openid', 'profile', 'email', 'fakebookapi.read', 'offline_access'],
    ...['openid', 'fakebookapi.admin'],
  ])
  await clock.advance(HOUR)
  const third = new URLSearchParams(await form())
  expect(
    (await agatha.request('/books/new', { method: 'POST', body: third })).headers.get('location'),
  ).toContain('scope=openid+fakebookapi.admin')
})
