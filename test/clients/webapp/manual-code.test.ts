import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'

const SCOPES = 'openid profile email fakebookapi.read offline_access'

/** Opens an authorize URL that the web app did not create, signs in, and returns the page that it leads to. */
async function signInByHand(site: Site, redirectUri: string) {
  const url =
    `${site.issuerUrl}/v1/authorize?response_type=code&client_id=fakebook-webapp&state=state123` +
    `&redirect_uri=${redirectUri}&scope=${encodeURIComponent(SCOPES)}&nonce=test123`
  const client = site.newClient()
  const form = await client.navigate(url)
  const page = await client.navigate(form.url, { method: 'POST', body: new URLSearchParams(AGATHA) })
  return { client, page }
}

const runInShell = async (command: string) =>
  JSON.parse((await promisify(execFile)('bash', ['-c', command])).stdout)
const unescapeHtml = (html: string) =>
  html
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')

describe('an authorize URL entered by hand', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  test.each(['', '/callback'])(
    'shows the code and commands that work, for the redirect URI {origin}%s',
    async (path) => {
      const { client, page } = await signInByHand(site, site.url + path)
      expect([page.status, client.sessionCookie()]).toEqual([200, undefined])
      const [, code = ''] = /id="code"><code>([^<]+)</.exec(page.text) ?? []
      expect(new URL(page.url).searchParams.get('code')).toBe(code)
      const [exchangeCommand = '', readCommand = ''] = [
        ...page.text.matchAll(/<pre[^>]*><code>([^<]+)</g),
      ].map(([, text]) => unescapeHtml(text ?? ''))
      const tokens = await runInShell(exchangeCommand)
      expect(Object.keys(tokens)).toEqual(
        expect.arrayContaining(['access_token', 'id_token', 'refresh_token']),
      )
      const book = await runInShell(readCommand.replace('{ACCESS_TOKEN}', tokens.access_token))
      expect(book).toMatchObject({ id: 1, title: 'And Then There Were None' })
    },
  )

  test.each(["x';id;'", '$(id)', '`id`', 'a b', 'a\nb', '<b>', 'x'.repeat(513), ''])(
    'shows no shell command with the code %j',
    async (code) => {
      const page = await site
        .newClient()
        .request(`/callback?${new URLSearchParams({ code, state: 'state123' })}`)
      expect([page.status, page.text]).toEqual([400, expect.not.stringContaining('curl')])
    },
  )
})

test('shows neither code nor commands in production', async () => {
  const site = await startSite({
    webappSettings: {
      NODE_ENV: 'production',
      WEBAPP_CLIENT_ID: 'fakebook-webapp',
      WEBAPP_CLIENT_SECRET: 'fakebook-webapp-secret',
      SESSION_SECRET: 'a secret of thirty-two characters or more',
    },
  })
  const { client, page } = await signInByHand(site, `${site.url}/callback`)
  expect([page.status, client.sessionCookie()]).toEqual([400, undefined])
  expect(page.text).not.toMatch(/curl|secret/)
  expect(page.text).not.toContain(new URL(page.url).searchParams.get('code') ?? '')
  expect((await site.newClient().signIn()).status).toBe(200)
  await site.close()
})

test('signs in with the bare origin as redirect URI', async () => {
  const port = await findFreePort()
  const origin = `http://localhost:${port}`
  const site = await startSite({ settings: { WEBAPP_PORT: String(port), WEBAPP_REDIRECT_URI: origin } })
  const client = site.newClient()
  const form = await client.navigate('/sign-in')
  const end = await client.navigate(form.url, { method: 'POST', body: new URLSearchParams(AGATHA) })
  expect([end.status, end.url]).toEqual([200, `${origin}/books`])
  await site.close()
})
