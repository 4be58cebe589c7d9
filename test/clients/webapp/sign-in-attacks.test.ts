import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { INVALID_CALLBACKS, SCRIPT_INJECTIONS, UNSAFE_RETURN_ADDRESSES } from '../../cases/webapp/attacks.ts'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { postBody, READ_SCOPE } from '../../support/service.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test.each(UNSAFE_RETURN_ADDRESSES)('%s return-to: %s', async (_, __, address) => {
  const end = await site.newClient().signIn(AGATHA, `/sign-in?return-to=${encodeURIComponent(address)}`)
  expect([end.status, end.url]).toEqual([200, `${site.url}/books`])
})

test.each(['/books', '/books?title=moon&author=Wilkie+Collins', '/books/new', '/books/1', '/profile'])(
  'return-to %s is a page of ours',
  async (address) => {
    const end = await site.newClient().signIn(AGATHA, `/sign-in?return-to=${encodeURIComponent(address)}`)
    expect([end.status, end.url]).toEqual([200, site.url + address])
  },
)

test('A02a login CSRF: the attacker’s callback opened in the victim’s browser signs nobody in, nor anybody out', async () => {
  const attackers = await site.newClient().signInUntilCallback(ARTHUR)
  const stranger = site.newClient()
  expect((await stranger.navigate(attackers)).text).toContain('was not started here')
  expect([stranger.sessionCookie(), await stranger.displayedName()]).toEqual([undefined, undefined])
  const victim = site.newClient()
  await victim.signIn()
  expect((await victim.navigate(await site.newClient().signInUntilCallback(ARTHUR))).status).toBe(400)
  expect(await victim.displayedName()).toBe('Agatha Christie')
})

test('A02b the same while the victim’s own sign-in is under way, which then goes on', async () => {
  const victim = site.newClient()
  const own = await victim.signInUntilCallback()
  expect((await victim.navigate(await site.newClient().signInUntilCallback(ARTHUR))).status).toBe(400)
  await victim.navigate(own)
  expect(await victim.displayedName()).toBe('Agatha Christie')
})

test('A02c the cookie of a sign-in has to hold what it was given, not only to be there', async () => {
  const person = site.newClient()
  const own = await person.signInUntilCallback()
  for (const [key, cookie] of person.cookies)
    if (cookie.name.startsWith('fakebook-sign-in-'))
      person.cookies.set(key, { ...cookie, value: 'x'.repeat(22) })
  expect((await person.request(own)).text).toContain('Nobody was signed in')
  expect(await person.displayedName()).toBeUndefined()
})

test('A02d sign-ins that are started all the time do not fill the browser with cookies', async () => {
  const person = site.newClient()
  for (let i = 0; i < 30; i++) await person.request('/sign-in')
  expect(person.cookies.size).toBeLessThanOrEqual(8)
})

test.each(INVALID_CALLBACKS)('%s callback: %s, status %i', async (_, __, status, make) => {
  const person = site.newClient()
  const own = new URL(await person.signInUntilCallback())
  make(own, new URL(await site.newClient().signInUntilCallback(ARTHUR)))
  const end = await person.request(own.href)
  expect([end.status, person.sessionCookie(), await person.displayedName()]).toEqual([
    status,
    undefined,
    undefined,
  ])
  expect(end.text).not.toContain('0900')
})

test('A04f a callback that is used already: nothing happens twice, and who is signed in stays so', async () => {
  const person = site.newClient()
  const own = await person.signInUntilCallback()
  await person.navigate(own)
  const session = person.sessionCookie()
  const again = await person.navigate(own)
  expect([again.status, again.text]).toEqual([200, expect.stringContaining('Nobody was signed in')])
  expect([person.sessionCookie(), await person.displayedName()]).toEqual([session, 'Agatha Christie'])
})

test('A04g a stolen code is of no use without its verifier', async () => {
  const code = new URL(await site.newClient().signInUntilCallback()).searchParams.get('code') ?? ''
  const code_verifier = 'x'.repeat(43)
  const form = { grant_type: 'authorization_code', code, code_verifier, redirect_uri: `${site.url}/callback` }
  const response = await fetch(`${site.issuerUrl}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-webapp:fakebook-webapp-secret')}` },
    body: new URLSearchParams(form),
  })
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: 'invalid_grant', error_description: 'PKCE verification failed.' },
  ])
})

test('A04h somebody else comes back from a step-up: their permission adds nothing of the first person’s', async () => {
  const arthur = site.newClient()
  await arthur.signIn(ARTHUR)
  const _csrf = await arthur.csrfToken()
  // The issuer has forgotten who was here, so it asks.
  for (const [name, { path }] of arthur.cookies) if (path !== '/') arthur.cookies.delete(name)
  for (const name of [...arthur.cookies.keys()]) if (!name.startsWith('fakebook')) arthur.cookies.delete(name)
  const body = new URLSearchParams({ ...BOOK_FORM, title: 'Not his', _csrf })
  const page = await arthur.navigate('/books/new', { method: 'POST', body })
  const end = await arthur.navigate(page.url, { method: 'POST', body: new URLSearchParams(AGATHA) })
  expect([end.status, end.text]).toEqual([403, expect.stringContaining('You came back as somebody else')])
  expect(await arthur.displayedName()).toBe('Arthur Conan Doyle')
  expect((await arthur.request('/books?title=Not+his')).text).not.toContain('class="book"')
  expect((await arthur.request('/profile')).text).not.toContain('fakebookapi.admin')
})

test.each(SCRIPT_INJECTIONS)('%s in a book and in a search: %s', async (_, __, words) => {
  const admin = await fetch(`${site.issuerUrl}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: `fakebookapi.admin ${READ_SCOPE}` }),
  })
  const { access_token } = (await admin.json()) as { access_token: string }
  const input = { title: words, author: words, cost: 1, numPages: 1 }
  const query = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
  const { json } = await postBody(
    `${site.apiUrl}/graphql`,
    JSON.stringify({ query, variables: { input } }),
    access_token,
  )
  const person = site.newClient()
  await person.signIn()
  const search = `/books?${new URLSearchParams({ title: words, author: words })}`
  const list = await person.request(search)
  const page = await person.request(`/books/${Object(json.data?.addBook).id}`)
  for (const { status, text } of [list, page]) {
    expect(status).toBe(200)
    expect(text).not.toMatch(/<script|<img src=x|onfocus="|onfocus='|href="javascript|<b>/)
    expect(unescaped(text)).toContain(words)
  }
  // The link to the author’s books leads to them, whatever is in the name.
  const [, link = ''] = /class="book-author" href="([^"]+)"/.exec(list.text) ?? []
  expect((await person.request(unescaped(link))).text).toContain('class="book"')
})

const unescaped = (html: string) =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
