import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CALLBACKS, RETURN_TO, SCRIPTS } from '../../cases/webapp/attacks.ts'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { post, READ } from '../../support/service.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK } from '../../support/webapp/web-client.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test.each(RETURN_TO)('%s return-to: %s', async (_, __, address) => {
  const end = await site.person().signIn(AGATHA, `/sign-in?return-to=${encodeURIComponent(address)}`)
  expect([end.status, end.url]).toEqual([200, `${site.url}/books`])
})

test.each(['/books', '/books?title=moon&author=Wilkie+Collins', '/books/new', '/books/1', '/profile'])(
  'return-to %s is a page of ours',
  async (address) => {
    const end = await site.person().signIn(AGATHA, `/sign-in?return-to=${encodeURIComponent(address)}`)
    expect([end.status, end.url]).toEqual([200, site.url + address])
  },
)

test('A02a login CSRF: the attacker’s callback opened in the victim’s browser signs nobody in, nor anybody out', async () => {
  const attackers = await site.person().asFarAsCallback(ARTHUR)
  const stranger = site.person()
  expect((await stranger.visit(attackers)).text).toContain('was not started here')
  expect([stranger.session(), await stranger.name()]).toEqual([undefined, undefined])
  const victim = site.person()
  await victim.signIn()
  expect((await victim.visit(await site.person().asFarAsCallback(ARTHUR))).status).toBe(400)
  expect(await victim.name()).toBe('Agatha Christie')
})

test('A02b the same while the victim’s own sign-in is under way, which then goes on', async () => {
  const victim = site.person()
  const own = await victim.asFarAsCallback()
  expect((await victim.visit(await site.person().asFarAsCallback(ARTHUR))).status).toBe(400)
  await victim.visit(own)
  expect(await victim.name()).toBe('Agatha Christie')
})

test('A02c the cookie of a sign-in has to hold what it was given, not only to be there', async () => {
  const person = site.person()
  const own = await person.asFarAsCallback()
  for (const [key, cookie] of person.jar)
    if (cookie.name.startsWith('fakebook-sign-in-')) person.jar.set(key, { ...cookie, value: 'x'.repeat(22) })
  expect((await person.ask(own)).text).toContain('Nobody was signed in')
  expect(await person.name()).toBeUndefined()
})

test('A02d sign-ins that are started all the time do not fill the browser with cookies', async () => {
  const person = site.person()
  for (let i = 0; i < 30; i++) await person.ask('/sign-in')
  expect(person.jar.size).toBeLessThanOrEqual(8)
})

test.each(CALLBACKS)('%s callback: %s, status %i', async (_, __, status, make) => {
  const person = site.person()
  const own = new URL(await person.asFarAsCallback())
  make(own, new URL(await site.person().asFarAsCallback(ARTHUR)))
  const end = await person.ask(own.href)
  expect([end.status, person.session(), await person.name()]).toEqual([status, undefined, undefined])
  expect(end.text).not.toContain('0900')
})

test('A04f a callback that is used already: nothing happens twice, and who is signed in stays so', async () => {
  const person = site.person()
  const own = await person.asFarAsCallback()
  await person.visit(own)
  const session = person.session()
  const again = await person.visit(own)
  expect([again.status, again.text]).toEqual([200, expect.stringContaining('Nobody was signed in')])
  expect([person.session(), await person.name()]).toEqual([session, 'Agatha Christie'])
})

test('A04g a stolen code is of no use without its verifier', async () => {
  const code = new URL(await site.person().asFarAsCallback()).searchParams.get('code') ?? ''
  const code_verifier = 'x'.repeat(43)
  const form = { grant_type: 'authorization_code', code, code_verifier, redirect_uri: `${site.url}/callback` }
  const response = await fetch(`${site.issuer}/v1/token`, {
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
  const arthur = site.person()
  await arthur.signIn(ARTHUR)
  const _csrf = await arthur.csrf()
  // The issuer has forgotten who was here, so it asks.
  for (const [name, { path }] of arthur.jar) if (path !== '/') arthur.jar.delete(name)
  for (const name of [...arthur.jar.keys()]) if (!name.startsWith('fakebook')) arthur.jar.delete(name)
  const body = new URLSearchParams({ ...BOOK, title: 'Not his', _csrf })
  const page = await arthur.visit('/books/new', { method: 'POST', body })
  const end = await arthur.visit(page.url, { method: 'POST', body: new URLSearchParams(AGATHA) })
  expect([end.status, end.text]).toEqual([403, expect.stringContaining('You came back as somebody else')])
  expect(await arthur.name()).toBe('Arthur Conan Doyle')
  expect((await arthur.ask('/books?title=Not+his')).text).not.toContain('class="book"')
  expect((await arthur.ask('/profile')).text).not.toContain('fakebookapi.admin')
})

test.each(SCRIPTS)('%s in a book and in a search: %s', async (_, __, words) => {
  const admin = await fetch(`${site.issuer}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: `fakebookapi.admin ${READ}` }),
  })
  const { access_token } = (await admin.json()) as { access_token: string }
  const input = { title: words, author: words, cost: 1, numPages: 1 }
  const query = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
  const { json } = await post(
    `${site.api}/graphql`,
    JSON.stringify({ query, variables: { input } }),
    access_token,
  )
  const person = site.person()
  await person.signIn()
  const search = `/books?${new URLSearchParams({ title: words, author: words })}`
  const list = await person.ask(search)
  const page = await person.ask(`/books/${Object(json.data?.addBook).id}`)
  for (const { status, text } of [list, page]) {
    expect(status).toBe(200)
    expect(text).not.toMatch(/<script|<img src=x|onfocus="|onfocus='|href="javascript|<b>/)
    expect(unescaped(text)).toContain(words)
  }
  // The link to the author’s books leads to them, whatever is in the name.
  const [, link = ''] = /class="book-author" href="([^"]+)"/.exec(list.text) ?? []
  expect((await person.ask(unescaped(link))).text).toContain('class="book"')
})

const unescaped = (html: string) =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
