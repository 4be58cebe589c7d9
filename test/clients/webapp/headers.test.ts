import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { createWebClient, type WebClient } from '../../support/webapp/web-client.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test('forbids scripts, external resources and framing, and allows forms to this site and the issuer', async () => {
  const { headers } = await site.newClient().request('/')
  expect(headers.get('content-security-policy')?.split(';').sort()).toEqual([
    "base-uri 'none'",
    "default-src 'none'",
    `form-action 'self' ${new URL(site.issuerUrl).origin}`,
    "frame-ancestors 'none'",
    "img-src 'self'",
    "style-src 'self'",
  ])
  expect([headers.get('x-content-type-options'), headers.get('x-powered-by')]).toEqual(['nosniff', null])
})

test('sets no cookie before a sign-in, and lets browsers cache the style sheet', async () => {
  const client = site.newClient()
  const { text, headers } = await client.request('/')
  expect(headers.getSetCookie()).toEqual([])
  const [, href = ''] = /rel="stylesheet" href="([^"]+)"/.exec(text) ?? []
  const style = await client.request(href)
  expect([style.status, style.headers.get('cache-control')]).toEqual([
    200,
    'public, max-age=31536000, immutable',
  ])
})

test.each([
  '/%zz',
  `/books/${'9'.repeat(200)}`,
  '/books?title=%zz',
  '/sign-out',
  '//evil.example',
  '/books/../../x',
])('answers %s without a server error', async (path) => {
  const agatha = site.newClient()
  await agatha.signIn()
  const status = await new Promise<number>((resolve, reject) => {
    const cookie = `fakebook=${agatha.sessionCookie()}`
    request(site.url, { path, headers: { cookie } }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end()
  })
  expect([path, status >= 200 && status < 500]).toEqual([path, true])
})

test('rejects a form that is too large, and a body that is not a form', async () => {
  const agatha = site.newClient()
  await agatha.signIn()
  const _csrf = await agatha.csrfToken()
  const large = await agatha.submitForm('/books/new', { _csrf, title: 'x'.repeat(40_000) })
  const json = {
    method: 'POST',
    body: JSON.stringify({ _csrf }),
    headers: { 'content-type': 'application/json' },
  }
  expect([large.status, (await agatha.request('/sign-out', json)).status]).toEqual([400, 400])
  expect(await agatha.displayedName()).toBe('Agatha Christie')
})

test('redirects from another name of this machine to the registered one', async () => {
  const { port } = new URL(site.url)
  const response = await fetch(`http://127.0.0.1:${port}/books?title=a`, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([307, `${site.url}/books?title=a`])
})

test('behind https, sets Secure __Host- cookies and rejects plain http', async () => {
  const origin = 'https://books.example.com'
  const port = String(await findFreePort())
  const secureSite = await startSite({
    settings: { WEBAPP_PORT: port, WEBAPP_REDIRECT_URI: `${origin}/callback` },
  })
  const agatha = createWebClient(`http://localhost:${port}`)
  const headers = { 'x-forwarded-proto': 'https' }
  expect((await agatha.request('/sign-in')).status).toBe(400)
  const start = await agatha.request('/sign-in', { headers })
  const callback = await signInUntil(origin, agatha, start.headers.get('location') ?? '')
  const end = await agatha.request(callback.replace(origin, ''), { headers })
  const cookies = [...start.headers.getSetCookie(), ...end.headers.getSetCookie()]
  expect(cookies.length).toBeGreaterThan(1)
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__Host-fakebook/)
    expect(cookie).toMatch(/; Path=\/;.* HttpOnly; Secure; SameSite=Lax$/)
  }
  expect((await agatha.request('/books', { headers })).status).toBe(200)
  expect(end.headers.get('strict-transport-security')).toMatch(/max-age=/)
  await secureSite.close()
})

test('behind https, ignores X-Forwarded-Host, which the proxy may pass on from the client', async () => {
  const port = String(await findFreePort())
  const secureSite = await startSite({
    settings: { WEBAPP_PORT: port, WEBAPP_REDIRECT_URI: `https://localhost:${port}/callback` },
  })
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': `127.0.0.1:${port}` }
  expect((await createWebClient(`http://localhost:${port}`).request('/', { headers })).status).toBe(200)
  await secureSite.close()
})

/** Signs in at the authorization server and returns the first URL at `origin`. */
async function signInUntil(origin: string, client: WebClient, authorizeUrl: string): Promise<string> {
  const isAtOrigin = (url: string) => url.startsWith(origin)
  const page = await client.navigate(authorizeUrl, {}, isAtOrigin)
  const body = new URLSearchParams(AGATHA)
  return (await client.navigate(page.url, { method: 'POST', body }, isAtOrigin)).url
}
