import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { INVALID_CALLBACKS, SCRIPT_INJECTIONS, UNSAFE_RETURN_ADDRESSES } from '../../cases/webapp/attacks.ts'
import { basicCredentials } from '../../support/authorization-server/oauth-client.ts'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { postBody, READ_SCOPE } from '../../support/service.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test.each(UNSAFE_RETURN_ADDRESSES)('$id does not return to $title', async ({ address }) => {
  const end = await site.newClient().signIn(AGATHA, `/sign-in?return-to=${encodeURIComponent(address)}`)
  expect([end.status, end.url]).toEqual([200, `${site.url}/books`])
})

test.each(['/books', '/books?title=moon&author=Wilkie+Collins', '/books/new', '/books/1', '/profile'])(
  'returns to %s after the sign-in',
  async (path) => {
    const end = await site.newClient().signIn(AGATHA, `/sign-in?return-to=${encodeURIComponent(path)}`)
    expect([end.status, end.url]).toEqual([200, site.url + path])
  },
)

test('webapp/A02a ignores the attacker’s callback in the victim’s browser, signed in or not (login CSRF)', async () => {
  const attackersCallback = await site.newClient().signInUntilCallback(ARTHUR)
  const anonymous = site.newClient()
  expect((await anonymous.navigate(attackersCallback)).text).toContain('was not started here')
  expect([anonymous.sessionCookie(), await anonymous.displayedName()]).toEqual([undefined, undefined])
  const victim = site.newClient()
  await victim.signIn()
  expect((await victim.navigate(await site.newClient().signInUntilCallback(ARTHUR))).status).toBe(400)
  expect(await victim.displayedName()).toBe('Agatha Christie')
})

test('webapp/A02b ignores the attacker’s callback while the victim’s own sign-in is pending, which can then complete', async () => {
  const victim = site.newClient()
  const own = await victim.signInUntilCallback()
  expect((await victim.navigate(await site.newClient().signInUntilCallback(ARTHUR))).status).toBe(400)
  await victim.navigate(own)
  expect(await victim.displayedName()).toBe('Agatha Christie')
})

test('webapp/A02c rejects a sign-in cookie with another value', async () => {
  const client = site.newClient()
  const callback = await client.signInUntilCallback()
  for (const [key, cookie] of client.cookies)
    if (cookie.name.startsWith('fakebook-sign-in-'))
      client.cookies.set(key, { ...cookie, value: 'x'.repeat(22) })
  expect((await client.request(callback)).text).toContain('No session was started')
  expect(await client.displayedName()).toBeUndefined()
})

test('webapp/A02d limits the cookies of pending sign-ins', async () => {
  const client = site.newClient()
  for (let i = 0; i < 30; i++) await client.request('/sign-in')
  expect(client.cookies.size).toBeLessThanOrEqual(8)
})

test.each(INVALID_CALLBACKS)(
  '$id answers a callback with $title with $status and no session',
  async ({ status, alter }) => {
    const client = site.newClient()
    const callback = new URL(await client.signInUntilCallback())
    alter(callback, new URL(await site.newClient().signInUntilCallback(ARTHUR)))
    const reply = await client.request(callback.href)
    expect([reply.status, client.sessionCookie(), await client.displayedName()]).toEqual([
      status,
      undefined,
      undefined,
    ])
    expect(reply.text).not.toContain('0900')
  },
)

test('webapp/A04f ignores a callback that was already used, and keeps the session', async () => {
  const client = site.newClient()
  const callback = await client.signInUntilCallback()
  await client.navigate(callback)
  const session = client.sessionCookie()
  const reply = await client.navigate(callback)
  expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('No session was started')])
  expect([client.sessionCookie(), await client.displayedName()]).toEqual([session, 'Agatha Christie'])
})

test('webapp/A04g a stolen code cannot be exchanged without its verifier', async () => {
  const code = new URL(await site.newClient().signInUntilCallback()).searchParams.get('code') ?? ''
  const response = await fetch(`${site.issuerUrl}/v1/token`, {
    method: 'POST',
    headers: basicCredentials('fakebook-webapp'),
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: 'x'.repeat(43),
      redirect_uri: `${site.url}/callback`,
    }),
  })
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: 'invalid_grant', error_description: 'PKCE verification failed.' },
  ])
})

test('webapp/A04h rejects a step-up that another user completed, and adds nothing', async () => {
  const arthur = site.newClient()
  await arthur.signIn(ARTHUR)
  const _csrf = await arthur.csrfToken()
  // Without its cookies the issuer asks for a password again.
  for (const [key, { name, path }] of [...arthur.cookies])
    if (path !== '/' || !name.startsWith('fakebook')) arthur.cookies.delete(key)
  const body = new URLSearchParams({ ...BOOK_FORM, title: 'Not his', _csrf })
  const form = await arthur.navigate('/books/new', { method: 'POST', body })
  const end = await arthur.navigate(form.url, { method: 'POST', body: new URLSearchParams(AGATHA) })
  expect([end.status, end.text]).toEqual([403, expect.stringContaining('You signed in with another account')])
  expect(await arthur.displayedName()).toBe('Arthur Conan Doyle')
  expect((await arthur.request('/books?title=Not+his')).text).not.toContain('class="book"')
  expect((await arthur.request('/profile')).text).not.toContain('fakebookapi.admin')
})

test.each(SCRIPT_INJECTIONS)('$id escapes $title in a book and in a search', async ({ text }) => {
  const tokenResponse = await fetch(`${site.issuerUrl}/v1/token`, {
    method: 'POST',
    headers: basicCredentials('fakebook-cron'),
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: `fakebookapi.admin ${READ_SCOPE}` }),
  })
  const { access_token } = (await tokenResponse.json()) as { access_token: string }
  const input = { title: text, author: text, cost: 1, numPages: 1 }
  const query = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
  const { json } = await postBody(
    `${site.apiUrl}/graphql`,
    JSON.stringify({ query, variables: { input } }),
    access_token,
  )
  const client = site.newClient()
  await client.signIn()
  const list = await client.request(`/books?${new URLSearchParams({ title: text, author: text })}`)
  const page = await client.request(`/books/${Object(json.data?.addBook).id}`)
  for (const reply of [list, page]) {
    expect(reply.status).toBe(200)
    expect(reply.text).not.toMatch(/<script|<img src=x|onfocus="|onfocus='|href="javascript|<b>/)
    expect(unescapeHtml(reply.text)).toContain(text)
  }
  // The link to the author's books works with any name.
  const [, link = ''] = /class="book-author" href="([^"]+)"/.exec(list.text) ?? []
  expect((await client.request(unescapeHtml(link))).text).toContain('class="book"')
})

const unescapeHtml = (html: string) =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
