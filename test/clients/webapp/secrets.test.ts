import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { loadOrCreateSessionSecret } from '../../../src/clients/webapp/session-secret.ts'
import { createTemporaryFolder, spawnCli } from '../../support/cli-process.ts'
import { AGATHA } from '../../support/demo-accounts.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, createWebClient, type WebClient } from '../../support/webapp/web-client.ts'

const SECRET = 'a-session-secret-of-thirty-two-characters'

let site: Site
let file: string
beforeAll(async () => {
  file = join(createTemporaryFolder(), 'site.db')
  site = await startSite({ DATABASE_URL: `file:${file}`, SESSION_SECRET: SECRET })
})
afterAll(() => site.close())

/** Everything that a signed-in person can do. */
async function journey(agatha: WebClient): Promise<void> {
  await agatha.signIn()
  for (const path of ['/books', '/books/1', '/profile', '/books/new', '/nowhere', '/callback?code=x&state=y'])
    await agatha.navigate(path)
  await agatha.submitForm('/books/new', { ...BOOK_FORM, _csrf: await agatha.csrfToken() })
  await agatha.navigate('/profile')
}

test('A09a no token and no secret is in a page, a header or a cookie; none of it may be kept by a cache', async () => {
  const agatha = site.newClient()
  await journey(agatha)
  await agatha.submitForm('/sign-out', { _csrf: await agatha.csrfToken() })
  const ours = agatha.history.filter(({ url }) => url.startsWith(site.url))
  expect(ours.length).toBeGreaterThan(12)
  for (const { headers, text, url } of ours) {
    const lines = [...headers].map(([name, value]) => `${name}: ${value}`)
    // The ID token goes to the issuer's own logout, which asks for it, and to nobody else.
    const rest = lines.filter((line) => !line.startsWith(`location: ${site.issuerUrl}/v1/logout?`)).join('\n')
    expect([url, `${rest}\n${text}`]).toEqual([
      url,
      expect.not.stringMatching(/eyJ[\w-]{8}|a-session-secret/),
    ])
    expect(text.replace(/-u &#39;fakebook-webapp:fakebook-webapp-secret&#39;/, '')).not.toContain(
      'webapp-secret',
    )
    expect([url, headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      url,
      'no-store',
      'no-referrer',
    ])
  }
})

test('A09b the database has no token, no cookie and no person in clear', async () => {
  const path = join(createTemporaryFolder(), 'own.db')
  const own = await startSite({ DATABASE_URL: `file:${path}`, SESSION_SECRET: SECRET })
  const agatha = own.newClient()
  await agatha.signIn()
  await agatha.request('/sign-in')
  const bytes = ['', '-wal'].map((end) => readFileSync(`${path}${end}`, 'latin1')).join('')
  await own.close()
  const [id = ''] = decodeURIComponent(agatha.sessionCookie() ?? '').split('.')
  const waiting =
    [...agatha.cookies.values()].find(({ name }) => name.startsWith('fakebook-sign-in'))?.value ?? ''
  expect([id.length, waiting.length]).toEqual([32, 22])
  expect(bytes).toContain('keep_by_end')
  const secrets = [id, waiting, 'eyJ', AGATHA.login, 'Agatha Christie"', SECRET, 'verifier', 'nonce']
  expect(secrets.filter((secret) => bytes.includes(secret))).toEqual([])
})

test('A09c the log has a line for each request, and no code, state, token, cookie or secret', async () => {
  const all = spawnCli(['start'], {
    DATABASE_URL: 'file::memory:',
    PORT: '0',
    ISSUER_PORT: '0',
    WEBAPP_PORT: '0',
    LOG_LEVEL: 'trace',
  })
  const [banner, url = ''] = await all.waitForOutput(/^Web app\s+(\S+)$[\s\S]*Try it:[\s\S]*?\n/m)
  const agatha = createWebClient(url)
  await journey(agatha)
  const callback = new URL(agatha.history.find(({ url: at }) => at.includes('/callback?'))?.url ?? '')
  const cookie = agatha.sessionCookie() ?? ''
  await agatha.submitForm('/sign-out', { _csrf: await agatha.csrfToken() })
  all.child.kill('SIGTERM')
  expect(await all.exited).toBe(0)
  const log = all.text.stdout.replace(banner, '')
  expect(log).toContain('"path":"/callback"')
  const [code, state] = ['code', 'state'].map((name) => callback.searchParams.get(name) ?? '')
  for (const secret of [
    code,
    state,
    cookie,
    decodeURIComponent(cookie),
    'fakebook-webapp-secret',
    'roger-ackroyd',
  ])
    expect([secret, secret !== '' && !log.includes(secret ?? '')]).toEqual([secret, true])
  expect(log).not.toMatch(/eyJ[\w-]{8}|code=|state=/)
})

test('many writes at once, by both servers, to one file: none is refused', async () => {
  const people = Array.from({ length: 8 }, () => site.newClient())
  await Promise.all(people.map((one) => one.signIn()))
  for (const one of people) await one.submitForm('/books/new', { ...BOOK_FORM, _csrf: await one.csrfToken() })
  const add = async (one: WebClient) =>
    (await one.submitForm('/books/new', { ...BOOK_FORM, _csrf: await one.csrfToken() })).status
  const again = async (one: WebClient) => (await one.request('/sign-in')).status
  const statuses = await Promise.all(people.flatMap((one) => [add(one), add(one), again(one), again(one)]))
  expect(statuses).toEqual(people.flatMap(() => [200, 200, 303, 303]))
})

test('a secret that is made is kept for its owner alone', () => {
  const folder = createTemporaryFolder()
  const secret = loadOrCreateSessionSecret(folder)
  expect([loadOrCreateSessionSecret(folder), secret.length >= 43]).toEqual([secret, true])
  expect(statSync(join(folder, 'session-secret')).mode & 0o777).toBe(0o600)
  expect(loadOrCreateSessionSecret(undefined)).not.toBe(secret)
})
