import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadOrCreateSessionSecret } from '../../../src/app/webapp.ts'
import { AGATHA } from '../../support/demo-accounts.ts'
import { findFreePort } from '../../support/free-port.ts'
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

describe('a rotation of SESSION_SECRET', () => {
  const [OLD, NEW] = ['an-old-secret-of-thirty-two-characters', 'a-new-secret-of-thirty-two-characters']
  const file = join(createTemporaryFolder(), 'site.db')
  let rotated: Site
  /** Copies with both secrets, and with the new one alone. */
  let both = ''
  let onlyNew = ''
  beforeAll(async () => {
    const port = String(await findFreePort())
    rotated = await startSite({
      settings: {
        DATABASE_URL: `file:${file}`,
        SESSION_SECRET: OLD,
        WEBAPP_PORT: port,
        WEBAPP_REDIRECT_URI: `http://localhost:${port}/callback`,
      },
    })
    const startCopy = async (secrets: string) => {
      const copyPort = String(await findFreePort())
      await rotated.startCopy({ WEBAPP_PORT: copyPort, SESSION_SECRET: secrets })
      return `http://localhost:${copyPort}`
    }
    both = await startCopy(`${NEW}, ${OLD}`)
    onlyNew = await startCopy(NEW)
  })
  afterAll(() => rotated.close())
  const statusAt = async (client: WebClient, origin: string, path = '/profile') =>
    (await client.request(origin + path)).status

  test('webapp/A19a keeps sessions of the old secret as long as it is listed', async () => {
    const agatha = rotated.newClient()
    await agatha.signIn()
    const signedByOld = new Map(agatha.cookies)
    for (let i = 0; i < 3; i++) expect(await statusAt(agatha, both)).toBe(200)
    for (const [key, cookie] of signedByOld) agatha.cookies.set(key, cookie)
    expect(await statusAt(agatha, onlyNew)).toBe(303)
  })

  test('webapp/A19d signs the cookie with the first secret, and writes no session, which could have ended meanwhile', async () => {
    const readSessions = () => {
      const database = new DatabaseSync(file)
      const rows = database.prepare("select sealed, ends_at from keep where room = 'session'").all()
      database.close()
      return rows
    }
    const agatha = rotated.newClient()
    await agatha.signIn()
    const [sessions, cookie] = [readSessions(), agatha.sessionCookie()]
    expect(await statusAt(agatha, both)).toBe(200)
    expect(readSessions()).toEqual(sessions)
    expect(agatha.sessionCookie()).not.toBe(cookie)
    expect(agatha.sessionCookie()?.split('.')[0]).toBe(cookie?.split('.')[0])
    expect(await statusAt(agatha, both, '/books')).toBe(200)
  })

  test('webapp/A19b completes pending sign-ins of the old secret as long as it is listed', async () => {
    const agatha = rotated.newClient()
    const callback = new URL(await agatha.signInUntilCallback())
    const path = callback.pathname + callback.search
    const kept = new Map(agatha.cookies)
    expect(await statusAt(agatha, onlyNew, path)).toBe(200)
    expect(agatha.sessionCookie()).toBeUndefined()
    for (const [key, cookie] of kept) agatha.cookies.set(key, cookie)
    expect([await statusAt(agatha, both, path), await statusAt(agatha, both)]).toEqual([303, 200])
  })

  test('webapp/A19c encrypts with the first secret', async () => {
    const agatha = rotated.newClient()
    const start = await agatha.request(`${both}/sign-in`)
    const form = await agatha.navigate(start.headers.get('location') ?? '')
    const body = new URLSearchParams(AGATHA)
    const isCallback = (url: string) => url.includes('/callback?')
    const { url } = await agatha.navigate(form.url, { method: 'POST', body }, isCallback)
    const { pathname, search } = new URL(url)
    expect(await statusAt(agatha, onlyNew, pathname + search)).toBe(303)
    expect([await statusAt(agatha, both), await statusAt(agatha, rotated.url)]).toEqual([200, 303])
  })
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
