import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FORGED_COOKIES, FORGED_FORMS, PROTECTED_FORMS } from '../../cases/webapp/attacks.ts'
import { ARTHUR } from '../../support/demo-accounts.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, type WebClient } from '../../support/webapp/web-client.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test('A05g fixation: the session after a sign-in is not the one before, which is no longer good', async () => {
  const attacker = site.newClient()
  await attacker.signIn(ARTHUR)
  const victim = site.newClient()
  for (const [key, cookie] of attacker.cookies)
    if (cookie.name === 'fakebook') victim.cookies.set(key, cookie)
  await victim.signIn()
  expect(victim.sessionCookie()).not.toBe(attacker.sessionCookie())
  expect(await victim.displayedName()).toBe('Agatha Christie')
  expect((await attacker.request('/books')).status).toBe(303)
})

describe('a cookie that is not the one that was set', () => {
  let own = ''
  let another = ''
  let elsewhere = ''
  beforeAll(async () => {
    const [one, two] = [site.newClient(), site.newClient()]
    await one.signIn()
    await two.signIn(ARTHUR)
    const others = await startSite()
    const there = others.newClient()
    await there.signIn()
    await others.close()
    own = one.sessionCookie() ?? ''
    another = two.sessionCookie() ?? ''
    elsewhere = there.sessionCookie() ?? ''
  })
  const books = (cookie: string) =>
    fetch(`${site.url}/books`, { headers: { cookie: `fakebook=${cookie}` }, redirect: 'manual' })

  test('the cookie itself is good', async () => {
    expect((await books(own)).status).toBe(200)
  })
  test.each(FORGED_COOKIES)('%s %s', async (_, __, make) => {
    expect((await books(make(own, another, elsewhere))).status).toBe(303)
  })
  test('A06n 20,000 letters are too many', async () => {
    expect((await books('a'.repeat(20_000))).status).toBe(431)
  })
})

describe.each(PROTECTED_FORMS)('a forged form to %s', (path, done) => {
  test.each(FORGED_FORMS)('%s %s', async (_, __, make) => {
    const [victim, attacker] = [site.newClient(), site.newClient()]
    await victim.signIn()
    await attacker.signIn(ARTHUR)
    const { form = {}, headers = {} } = make(await victim.csrfToken(), await attacker.csrfToken())
    const end = await victim.request(path, {
      method: 'POST',
      body: new URLSearchParams({ ...BOOK_FORM, ...form }),
      headers,
    })
    expect([end.status, end.text]).toEqual([403, expect.stringContaining('This form is out of date')])
    expect(await done(victim)).toBe(false)
  })

  test('A07g a page elsewhere sends it: the browser leaves the cookie out, and nothing is kept', async () => {
    const body = new URLSearchParams(BOOK_FORM)
    const headers = { 'sec-fetch-site': 'cross-site' }
    const end = await site.newClient().request(path, { method: 'POST', body, headers })
    expect([path === '/sign-out' ? 303 : 401, undefined]).toEqual([end.status, /draft=/.exec(end.text)?.[0]])
  })
})

/** A request whose target is a whole address (RFC 9112 §3.2.2), which fetch does not send. */
function askWhole(
  target: string,
  cookie: string,
): Promise<{ status: number | undefined; location: string | undefined }> {
  const { port } = new URL(site.url)
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path: target,
      headers: { cookie, host: `localhost:${port}` },
    })
    asked.on('error', reject).end()
    asked.on('response', (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode, location: answer.headers.location })
    })
  })
}

test.each([
  ['A11a', 'ours', () => site.url],
  ['A11b', 'somebody else’s', () => 'http://evil.example'],
])(
  '%s a whole address as the target, %s: its path alone counts, and no redirect leads there',
  async (_, __, origin) => {
    const agatha = site.newClient()
    await agatha.signIn()
    const own = `fakebook=${agatha.sessionCookie()}`
    expect(await askWhole(`${origin()}/books`, own)).toEqual({ status: 200, location: undefined })
    expect(await askWhole(`${origin()}/books`, '')).toEqual({
      status: 303,
      location: '/sign-in?return-to=%2Fbooks',
    })
  },
)

describe('who wrote a book is not there any more when the step-up comes back', () => {
  const isCallback = (url: string) => url.startsWith(`${site.url}/callback?`)
  async function underWay() {
    const agatha = site.newClient()
    await agatha.signIn()
    const body = new URLSearchParams({ ...BOOK_FORM, title: 'Underway', _csrf: await agatha.csrfToken() })
    return { agatha, back: (await agatha.navigate('/books/new', { method: 'POST', body }, isCallback)).url }
  }
  const form = async (person: WebClient) => (await person.request('/books/new')).text

  test('A12a signed in anew in another tab: nothing is added, and the book is in the form', async () => {
    const { agatha, back } = await underWay()
    await agatha.signIn()
    expect([(await agatha.navigate(back)).status, await form(agatha)]).toEqual([
      400,
      expect.stringContaining('value="Underway"'),
    ])
  })

  test.each([
    ['A12b', 'again, who has the book then', undefined, true],
    ['A12c', 'as somebody else, who has it not', ARTHUR, false],
  ])('%s signed out: one is sent to sign in %s; the code goes nowhere', async (...[, , who, there]) => {
    const { agatha, back } = await underWay()
    await agatha.submitForm('/sign-out', { _csrf: await agatha.csrfToken() })
    const to = (await agatha.request(back)).headers.get('location') ?? ''
    expect(to).toMatch(/^\/sign-in\?draft=[\w-]{32}$/)
    await agatha.signIn(who, to)
    expect((await form(agatha)).includes('value="Underway"')).toBe(there)
  })
})

test('A12d a callback without a session is no address to come back to', async () => {
  const location = async (path: string) => (await site.newClient().request(path)).headers.get('location')
  expect(await location('/books/%00?code=secret')).toBe('/sign-in?return-to=%2Fbooks')
  expect(await location('/books/1')).toBe('/sign-in?return-to=%2Fbooks%2F1')
})
