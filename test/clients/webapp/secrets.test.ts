import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { loadOrCreateSessionSecret } from '../../../src/app/webapp.ts'
import { AGATHA } from '../../support/demo-accounts.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { visitEveryPage } from '../../support/webapp/visit-every-page.ts'
import { BOOK_FORM, type WebClient } from '../../support/webapp/web-client.ts'

const SECRET = 'a-session-secret-of-thirty-two-characters'

let site: Site
beforeAll(async () => {
  const file = join(createTemporaryFolder(), 'site.db')
  site = await startSite({ settings: { DATABASE_URL: `file:${file}`, SESSION_SECRET: SECRET } })
})
afterAll(() => site.close())

test('webapp/A09a puts no token or secret into pages, headers or cookies, and forbids caching', async () => {
  const agatha = site.newClient()
  await visitEveryPage(agatha)
  await agatha.submitForm('/sign-out', { _csrf: await agatha.csrfToken() })
  const replies = agatha.history.filter(({ url }) => url.startsWith(site.url))
  expect(replies.length).toBeGreaterThan(12)
  for (const { headers, text, url } of replies) {
    const lines = [...headers].map(([name, value]) => `${name}: ${value}`)
    // The issuer's logout endpoint requires the ID token.
    const others = lines
      .filter((line) => !line.startsWith(`location: ${site.issuerUrl}/v1/logout?`))
      .join('\n')
    expect([url, `${others}\n${text}`]).toEqual([
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

test('webapp/A09b stores no token, cookie or personal data in plain text', async () => {
  const path = join(createTemporaryFolder(), 'own.db')
  const ownSite = await startSite({ settings: { DATABASE_URL: `file:${path}`, SESSION_SECRET: SECRET } })
  const agatha = ownSite.newClient()
  await agatha.signIn()
  await agatha.request('/sign-in')
  const bytes = ['', '-wal'].map((suffix) => readFileSync(`${path}${suffix}`, 'latin1')).join('')
  await ownSite.close()
  const [sessionId = ''] = decodeURIComponent(agatha.sessionCookie() ?? '').split('.')
  const signInCookie =
    [...agatha.cookies.values()].find(({ name }) => name.startsWith('fakebook-sign-in'))?.value ?? ''
  expect([sessionId.length, signInCookie.length > 300]).toEqual([32, true])
  expect(bytes).toContain('keep_by_end')
  const secrets = [
    sessionId,
    signInCookie,
    'eyJ',
    AGATHA.login,
    'Agatha Christie"',
    SECRET,
    'verifier',
    'nonce',
  ]
  expect(secrets.filter((secret) => bytes.includes(secret))).toEqual([])
})

test('accepts concurrent writes of the web app and the API to one database file', async () => {
  const clients = Array.from({ length: 8 }, () => site.newClient())
  await Promise.all(clients.map((client) => client.signIn()))
  const addBook = async (client: WebClient) =>
    (await client.submitForm('/books/new', { ...BOOK_FORM, _csrf: await client.csrfToken() })).status
  const startSignIn = async (client: WebClient) => (await client.request('/sign-in')).status
  for (const client of clients) await addBook(client)
  const statuses = await Promise.all(
    clients.flatMap((client) => [addBook(client), addBook(client), startSignIn(client), startSignIn(client)]),
  )
  expect(statuses).toEqual(clients.flatMap(() => [200, 200, 303, 303]))
})

test('creates a session secret that only its owner can read, and reads it again', () => {
  const folder = createTemporaryFolder()
  const secret = loadOrCreateSessionSecret(folder)
  expect([loadOrCreateSessionSecret(folder), secret.length >= 43]).toEqual([secret, true])
  expect(statSync(join(folder, 'session-secret')).mode & 0o777).toBe(0o600)
  expect(loadOrCreateSessionSecret(undefined)).not.toBe(secret)
})

test.each(['', '\n', 'short'])(
  'rejects a stored session secret %j, from which the key could be guessed',
  (text) => {
    const folder = createTemporaryFolder()
    writeFileSync(join(folder, 'session-secret'), text)
    expect(() => loadOrCreateSessionSecret(folder)).toThrow(
      /session-secret is not a session secret\. Delete it to create a new one\./,
    )
  },
)
