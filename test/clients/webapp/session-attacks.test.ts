import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FORGED_COOKIES, FORGED_FORMS, PROTECTED_FORMS } from '../../cases/webapp/attacks.ts'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, type WebClient } from '../../support/webapp/web-client.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test('webapp/A05g replaces the session at a sign-in, and ends the old one, against session fixation', async () => {
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

describe('a forged session cookie', () => {
  let own = ''
  let another = ''
  let elsewhere = ''
  beforeAll(async () => {
    const [agatha, arthur] = [site.newClient(), site.newClient()]
    await agatha.signIn()
    await arthur.signIn(ARTHUR)
    const otherSite = await startSite()
    const otherClient = otherSite.newClient()
    await otherClient.signIn()
    await otherSite.close()
    own = agatha.sessionCookie() ?? ''
    another = arthur.sessionCookie() ?? ''
    elsewhere = otherClient.sessionCookie() ?? ''
  })
  const fetchBooks = (cookie: string) =>
    fetch(`${site.url}/books`, { headers: { cookie: `fakebook=${cookie}` }, redirect: 'manual' })

  test('accepts the cookie that was issued', async () => {
    expect((await fetchBooks(own)).status).toBe(200)
  })
  test.each(FORGED_COOKIES)('$id rejects $title', async ({ forge }) => {
    expect((await fetchBooks(forge(own, another, elsewhere))).status).toBe(303)
  })
  test('webapp/A06n rejects 20,000 characters', async () => {
    expect((await fetchBooks('a'.repeat(20_000))).status).toBe(431)
  })
})

describe.each(PROTECTED_FORMS)('a forged form to $path', ({ path, hasChanged }) => {
  test.each(FORGED_FORMS)('$id rejects $title', async ({ forge }) => {
    const [victim, attacker] = [site.newClient(), site.newClient()]
    await victim.signIn()
    await attacker.signIn(ARTHUR)
    const { form = {}, headers = {} } = forge(await victim.csrfToken(), await attacker.csrfToken())
    const reply = await victim.request(path, {
      method: 'POST',
      body: new URLSearchParams({ ...BOOK_FORM, ...form }),
      headers,
    })
    expect([reply.status, reply.text]).toEqual([403, expect.stringContaining('This form has expired')])
    expect(await hasChanged(victim)).toBe(false)
  })

  test('webapp/A07g saves no draft of a form from another site, which comes without the cookie', async () => {
    const body = new URLSearchParams(BOOK_FORM)
    const headers = { 'sec-fetch-site': 'cross-site' }
    const reply = await site.newClient().request(path, { method: 'POST', body, headers })
    expect(reply.status).toBe(path === '/sign-out' ? 303 : 401)
    expect(reply.headers.getSetCookie().join()).not.toContain('draft')
  })
})

/** Sends a request target in absolute form (RFC 9112 §3.2.2), which fetch does not support. */
function requestAbsolute(
  target: string,
  cookie: string,
): Promise<{ status: number | undefined; location: string | undefined }> {
  const { port } = new URL(site.url)
  return new Promise((resolve, reject) => {
    const headers = { cookie, host: `localhost:${port}` }
    request({ host: '127.0.0.1', port, path: target, headers })
      .on('error', reject)
      .on('response', (response) => {
        response.resume()
        resolve({ status: response.statusCode, location: response.headers.location })
      })
      .end()
  })
}

const ABSOLUTE_TARGETS = [
  { id: 'webapp/A11a', title: 'its own origin', getOrigin: () => site.url },
  { id: 'webapp/A11b', title: 'another origin', getOrigin: () => 'http://evil.example' },
]
test.each(ABSOLUTE_TARGETS)(
  '$id uses only the path of a request target with $title, and redirects to no other origin',
  async ({ getOrigin }) => {
    const agatha = site.newClient()
    await agatha.signIn()
    const cookie = `fakebook=${agatha.sessionCookie()}`
    expect(await requestAbsolute(`${getOrigin()}/books`, cookie)).toEqual({
      status: 200,
      location: undefined,
    })
    expect(await requestAbsolute(`${getOrigin()}/books`, '')).toEqual({
      status: 303,
      location: '/sign-in?return-to=%2Fbooks',
    })
  },
)

describe('a step-up whose session has ended', () => {
  const isCallback = (url: string) => url.startsWith(`${site.url}/callback?`)
  async function startStepUp() {
    const agatha = site.newClient()
    await agatha.signIn()
    const body = new URLSearchParams({ ...BOOK_FORM, title: 'Underway', _csrf: await agatha.csrfToken() })
    const redirect = await agatha.navigate('/books/new', { method: 'POST', body }, isCallback)
    return { agatha, callback: redirect.url }
  }
  const openForm = async (client: WebClient) => (await client.request('/books/new')).text

  test('webapp/A12a adds nothing after a new sign-in in another tab, and keeps the form', async () => {
    const { agatha, callback } = await startStepUp()
    await agatha.signIn()
    expect([(await agatha.navigate(callback)).status, await openForm(agatha)]).toEqual([
      400,
      expect.stringContaining('value="Underway"'),
    ])
  })

  const NEXT_USERS = [
    { id: 'webapp/A12b', title: 'restores the form for the same user', account: AGATHA, isRestored: true },
    { id: 'webapp/A12c', title: 'hides the form from another user', account: ARTHUR, isRestored: false },
  ]
  test.each(NEXT_USERS)(
    '$id redirects to the sign-in after a sign-out, and $title',
    async ({ account, isRestored }) => {
      const { agatha, callback } = await startStepUp()
      await agatha.submitForm('/sign-out', { _csrf: await agatha.csrfToken() })
      const location = (await agatha.request(callback)).headers.get('location') ?? ''
      expect(location).toBe('/sign-in?return-to=/books/new')
      await agatha.signIn(account, location)
      expect((await openForm(agatha)).includes('value="Underway"')).toBe(isRestored)
    },
  )
})

test('webapp/A12d does not return to a callback after a sign-in', async () => {
  const locationOf = async (path: string) => (await site.newClient().request(path)).headers.get('location')
  expect(await locationOf('/books/%00?code=secret')).toBe('/sign-in?return-to=%2Fbooks')
  expect(await locationOf('/books/1')).toBe('/sign-in?return-to=%2Fbooks%2F1')
})
