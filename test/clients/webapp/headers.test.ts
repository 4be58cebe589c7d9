import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { findFreePort, type Site, startSite } from '../../support/webapp/site.ts'
import { createWebClient, type WebClient } from '../../support/webapp/web-client.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test('a page may run nothing, load nothing from elsewhere, and be in no frame; forms lead here or to the issuer', async () => {
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

test('the style is kept by its content; nobody who has not signed in gets a session', async () => {
  const stranger = site.newClient()
  const { text, headers } = await stranger.request('/')
  expect(headers.getSetCookie()).toEqual([])
  const [, address = ''] = /rel="stylesheet" href="([^"]+)"/.exec(text) ?? []
  const style = await stranger.request(address)
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
])('%s is answered with a refusal, not a fault of ours', async (path) => {
  const agatha = site.newClient()
  await agatha.signIn()
  const status = await new Promise<number>((resolve, reject) => {
    const cookie = `fakebook=${agatha.sessionCookie()}`
    request(site.url, { path, headers: { cookie } }, (answer) => resolve(answer.resume().statusCode ?? 0))
      .on('error', reject)
      .end()
  })
  expect([path, status >= 200 && status < 500]).toEqual([path, true])
})

test('a form that is too large, or no form, is refused', async () => {
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

test('who comes by another name of this machine is sent to the one that is registered', async () => {
  const { port } = new URL(site.url)
  const response = await fetch(`http://127.0.0.1:${port}/books?title=a`, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([307, `${site.url}/books?title=a`])
})

test('behind https the cookies are Secure and for this host alone; plain http is refused', async () => {
  const origin = 'https://books.example.com'
  const port = String(await findFreePort())
  const secure = await startSite({ WEBAPP_PORT: port, WEBAPP_REDIRECT_URI: `${origin}/callback` })
  const agatha = createWebClient(`http://localhost:${port}`)
  const headers = { 'x-forwarded-proto': 'https' }
  expect((await agatha.request('/sign-in')).status).toBe(400)
  const start = await agatha.request('/sign-in', { headers })
  const back = await signInAt(agatha, start.headers.get('location') ?? '', origin)
  const end = await agatha.request(back.replace(origin, ''), { headers })
  const cookies = [...start.headers.getSetCookie(), ...end.headers.getSetCookie()]
  expect(cookies.length).toBeGreaterThan(1)
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__Host-fakebook/)
    expect(cookie).toMatch(/; Path=\/;.* HttpOnly; Secure; SameSite=Lax$/)
  }
  expect((await agatha.request('/books', { headers })).status).toBe(200)
  expect(end.headers.get('strict-transport-security')).toMatch(/max-age=/)
  await secure.close()
})

async function signInAt(person: WebClient, authorize: string, origin: string): Promise<string> {
  const isBack = (url: string) => url.startsWith(origin)
  const page = await person.navigate(authorize, {}, isBack)
  return (await person.navigate(page.url, { method: 'POST', body: new URLSearchParams(AGATHA) }, isBack)).url
}
