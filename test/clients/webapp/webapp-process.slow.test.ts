import { expect, test } from '@jest/globals'
import { spawnCli } from '../../support/cli-process.ts'
import { visitEveryPage } from '../../support/webapp/visit-every-page.ts'
import { createWebClient } from '../../support/webapp/web-client.ts'

test('webapp/A09c logs a line for each request without codes, states, tokens, cookies or secrets', async () => {
  const processes = spawnCli(['start'], {
    DATABASE_URL: 'file::memory:',
    PORT: '0',
    ISSUER_PORT: '0',
    WEBAPP_PORT: '0',
    LOG_LEVEL: 'trace',
  })
  const [banner, url = ''] = await processes.waitForOutput(/^Web app\s+(\S+)$[\s\S]*Try it:[\s\S]*?\n/m)
  const agatha = createWebClient(url)
  await visitEveryPage(agatha)
  const callbackReply = agatha.history.find((reply) => reply.url.includes('/callback?'))
  const callback = new URL(callbackReply?.url ?? '')
  const cookie = agatha.sessionCookie() ?? ''
  await agatha.submitForm('/sign-out', { _csrf: await agatha.csrfToken() })
  processes.child.kill('SIGTERM')
  // No notice of oidc-provider either.
  expect([await processes.exited, processes.text.stderr]).toEqual([0, ''])
  const log = processes.text.stdout.replace(banner, '')
  expect(log).toMatch(/^303 GET \/callback /m)
  const [code = '', state = ''] = ['code', 'state'].map((name) => callback.searchParams.get(name) ?? '')
  const secrets = [code, state, cookie, decodeURIComponent(cookie), 'fakebook-webapp-secret', 'roger-ackroyd']
  for (const secret of secrets)
    expect([secret, secret !== '' && !log.includes(secret)]).toEqual([secret, true])
  expect(log).not.toMatch(/eyJ[\w-]{8}|code=|state=/)
})

test('the web app starts alone and answers 503 to a sign-in while the issuer is unavailable', async () => {
  const webapp = spawnCli(['webapp'], {
    DATABASE_URL: 'file::memory:',
    WEBAPP_PORT: '0',
    OKTA_ISSUER: 'http://localhost:1/oauth2/default',
  })
  const reply = await createWebClient(await webapp.waitForAddress('webapp')).request('/sign-in')
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5'])
  webapp.child.kill('SIGTERM')
  expect(await webapp.exited).toBe(0)
})
