import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { findFreePort, type Site, startSite } from '../../support/webapp/site.ts'

const SCOPES = 'openid profile email fakebookapi.read offline_access'

/** The address that the seed has people put together by hand, and what the browser comes back with. */
async function byHand(site: Site, redirectUri: string) {
  const url =
    `${site.issuerUrl}/v1/authorize?response_type=code&client_id=fakebook-webapp&state=state123` +
    `&redirect_uri=${redirectUri}&scope=${encodeURIComponent(SCOPES)}&nonce=test123`
  const person = site.newClient()
  const page = await person.navigate(url)
  return {
    person,
    seen: await person.navigate(page.url, { method: 'POST', body: new URLSearchParams(AGATHA) }),
  }
}

const shell = async (line: string) => JSON.parse((await promisify(execFile)('bash', ['-c', line])).stdout)
const unescaped = (html: string) =>
  html
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')

describe('the authorize URL typed by hand', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  test.each(['', '/callback'])(
    'redirect URI {origin}%s: the code is shown, and the line below it exchanges it',
    async (path) => {
      const { person, seen } = await byHand(site, site.url + path)
      expect([seen.status, person.sessionCookie()]).toEqual([200, undefined])
      const [, code = ''] = /id="code"><code>([^<]+)</.exec(seen.text) ?? []
      expect(new URL(seen.url).searchParams.get('code')).toBe(code)
      const [line = '', next = ''] = [...seen.text.matchAll(/<pre[^>]*><code>([^<]+)</g)].map(([, text]) =>
        unescaped(text ?? ''),
      )
      const tokens = await shell(line)
      expect(Object.keys(tokens)).toEqual(
        expect.arrayContaining(['access_token', 'id_token', 'refresh_token']),
      )
      const book = await shell(next.replace('{ACCESS_TOKEN}', tokens.access_token))
      expect(book).toMatchObject({ id: 1, title: 'And Then There Were None' })
    },
  )

  test.each(["x';id;'", '$(id)', '`id`', 'a b', 'a\nb', '<b>', 'x'.repeat(513), ''])(
    'no line for the shell is made of the code %j',
    async (code) => {
      const seen = await site
        .newClient()
        .request(`/callback?${new URLSearchParams({ code, state: 'state123' })}`)
      expect([seen.status, seen.text]).toEqual([400, expect.not.stringContaining('curl')])
    },
  )
})

test('in production it is no road: nothing is shown', async () => {
  const site = await startSite({}, undefined, {
    NODE_ENV: 'production',
    WEBAPP_CLIENT_ID: 'fakebook-webapp',
    WEBAPP_CLIENT_SECRET: 'fakebook-webapp-secret',
    SESSION_SECRET: 'a secret of thirty-two characters or more',
  })
  const { person, seen } = await byHand(site, `${site.url}/callback`)
  expect([seen.status, person.sessionCookie()]).toEqual([400, undefined])
  expect(seen.text).not.toMatch(/curl|secret/)
  expect(seen.text).not.toContain(new URL(seen.url).searchParams.get('code') ?? '')
  expect((await site.newClient().signIn()).status).toBe(200)
  await site.close()
})

test('with the bare origin as its own redirect URI, as the seed has it, people sign in', async () => {
  const port = await findFreePort()
  const origin = `http://localhost:${port}`
  const site = await startSite({ WEBAPP_PORT: String(port), WEBAPP_REDIRECT_URI: origin })
  const person = site.newClient()
  const page = await person.navigate('/sign-in')
  const end = await person.navigate(page.url, { method: 'POST', body: new URLSearchParams(AGATHA) })
  expect([end.status, end.url]).toEqual([200, `${origin}/books`])
  await site.close()
})
