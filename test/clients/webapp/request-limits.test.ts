import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from '@jest/globals'
import { findFreePort } from '../../support/free-port.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { REDIS_URL, testWithRedis } from '../../support/test-with-redis.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'

let site: Site
afterEach(() => site.close())

/** Sends a request with the address that a proxy reports, and a target that `fetch` would normalize. */
async function send(path: string, headers: Record<string, string> = {}, origin = site.url) {
  const { port, host } = new URL(origin)
  const sent = request({ host: '127.0.0.1', port, path, headers: { host, ...headers } }).end()
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}
const statusesOf = async (paths: readonly string[], headers?: Record<string, string>) => {
  const statuses: number[] = []
  for (const path of paths) statuses.push((await send(path, headers)).status)
  return statuses
}
const from = (address: string) => ({ 'x-forwarded-for': address })

describe('RATE_LIMIT', () => {
  test('webapp/A18a rejects with 429 before the session is read, whatever the path', async () => {
    const file = join(createTemporaryFolder(), 'site.db')
    site = await startSite({
      settings: { DATABASE_URL: `file:${file}` },
      webappSettings: { RATE_LIMIT: '4' },
    })
    const agatha = site.newClient()
    await agatha.request(await agatha.signInUntilCallback())
    const cookie = `fakebook=${agatha.sessionCookie()}`
    expect(await statusesOf(['/style.css', '/%zz'], { cookie })).toEqual([200, 400])
    const database = new DatabaseSync(file)
    database.exec('alter table keep rename to elsewhere')
    database.close()
    expect(
      await statusesOf(['/books', '/sign-in', '/style.css', '/%zz', '/healthz', '*'], { cookie }),
    ).toEqual(Array(6).fill(429))
    const { headers, body } = await send('/books', { cookie })
    expect(headers).toMatchObject({
      'content-type': 'text/plain',
      'cache-control': 'no-store',
      'ratelimit-policy': '"address";q=4;w=60',
      ratelimit: expect.stringMatching(/^"address";r=0;t=\d+$/),
    })
    expect([Number(headers['retry-after']) > 0, headers['set-cookie'], body]).toEqual([
      true,
      undefined,
      'Too many requests from this address. Try again later.',
    ])
  })

  test('webapp/A18b counts by the address that a trusted proxy reports, so that one client limits no other', async () => {
    site = await startSite({ webappSettings: { RATE_LIMIT: '2', TRUSTED_PROXIES: '127.0.0.1' } })
    expect(await statusesOf(['/', '/', '/'], from('192.0.2.1'))).toEqual([200, 200, 429])
    expect(await statusesOf(['/'], from('192.0.2.2'))).toEqual([200])
    // Only the proxy's own entry counts, which is the last one.
    expect(await statusesOf(['/'], from('198.51.100.7, 192.0.2.1'))).toEqual([429])
  })

  test.each([
    { id: 'webapp/A18c', title: 'a plain http site', isHttps: false },
    { id: 'webapp/A18d', title: 'an https site, which trusts X-Forwarded-Proto', isHttps: true },
  ])('$id ignores X-Forwarded-For without TRUSTED_PROXIES on $title', async ({ isHttps }) => {
    const port = String(await findFreePort())
    const origin = `http://localhost:${port}`
    const https = { WEBAPP_REDIRECT_URI: 'https://books.example.com/callback' }
    site = await startSite({
      settings: { WEBAPP_PORT: port, ...(isHttps && https) },
      webappSettings: { RATE_LIMIT: '2' },
    })
    const statuses: number[] = []
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      statuses.push((await send('/', { ...from(address), 'x-forwarded-proto': 'https' }, origin)).status)
    expect(statuses).toEqual([200, 200, 429])
  })
})

testWithRedis('webapp/A18g counts the requests at all copies together with Redis', async () => {
  const settings = { RATE_LIMIT: '1', TRUSTED_PROXIES: '127.0.0.1', REDIS_URL }
  site = await startSite({ webappSettings: settings })
  const copy = await site.startCopy()
  // Until both are connected, each counts alone.
  await waitUntil(async () => {
    const headers = from(`2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`)
    const statuses = [(await send('/', headers)).status, (await send('/', headers, copy)).status]
    return statuses.join() === '200,429'
  })
})

describe('IN_FLIGHT_LIMIT', () => {
  /** Starts a site with an API that responds only when the test closes it, and signs in. */
  async function startHeldSite() {
    const held: ServerResponse[] = []
    const api = createServer((_, response) => held.push(response)).listen(0, '127.0.0.1')
    await once(api, 'listening')
    site = await startSite({
      webappSettings: { IN_FLIGHT_LIMIT: '2' },
      rewriteApiUrl: () => `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    })
    const agatha = site.newClient()
    await agatha.request(await agatha.signInUntilCallback())
    const release = () => {
      api.close()
      api.closeAllConnections()
    }
    return { agatha, held, release }
  }

  test('webapp/A18e rejects with 503 while as many requests wait for the API, and serves afterwards', async () => {
    const { agatha, held, release } = await startHeldSite()
    const first = [agatha.request('/books'), agatha.request('/books')]
    await waitUntil(async () => held.length === 2)
    const { status, headers, body } = await send('/')
    expect([status, headers['retry-after'], headers['content-type'], body]).toEqual([
      503,
      '1',
      'text/plain',
      'FakeBook is overloaded. Try again in a moment.',
    ])
    release()
    const served = await Promise.all(first)
    expect(served.map(({ text: page }) => page.includes('The books are unavailable'))).toEqual([true, true])
    expect((await send('/')).status).toBe(200)
  })

  test('webapp/A18f counts no request whose form is still being sent, and rejects it if it is complete too late', async () => {
    const { agatha, held, release } = await startHeldSite()
    const socket = connect(Number(new URL(site.url).port), '127.0.0.1')
    const form = `_csrf=${encodeURIComponent(await agatha.csrfToken())}`
    socket.write(
      `POST /sign-out HTTP/1.1\r\nHost: ${new URL(site.url).host}\r\nCookie: fakebook=${agatha.sessionCookie()}\r\n` +
        `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\nExpect: 100-continue\r\n\r\n`,
    )
    await once(socket, 'data')
    const waiting = agatha.request('/books')
    await waitUntil(async () => held.length === 1)
    expect((await send('/')).status).toBe(200)
    const second = agatha.request('/books')
    await waitUntil(async () => held.length === 2)
    socket.write(form)
    const response = String((await once(socket, 'data'))[0])
    expect([response.split('\r\n', 1)[0], response]).toEqual([
      'HTTP/1.1 503 Service Unavailable',
      expect.stringContaining('FakeBook is overloaded'),
    ])
    socket.destroy()
    release()
    await Promise.all([waiting, second])
    expect(await agatha.displayedName()).toBe('Agatha Christie')
  })
})
