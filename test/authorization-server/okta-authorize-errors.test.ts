import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AUTHORIZE_ERROR_CASES } from '../cases/authorization-server/okta-authorize-errors.ts'
import { createIssuerClient } from '../support/authorization-server/issuer-client.ts'
import {
  authorizeUrl,
  exchangeCode,
  REDIRECT_URI,
  signIn,
  USER_SCOPE,
} from '../support/authorization-server/oauth-client.ts'
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../support/authorization-server/start-test-authorization-server.ts'
import { ARTHUR } from '../support/demo-accounts.ts'

let issuer: TestAuthorizationServer
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

test.each(AUTHORIZE_ERROR_CASES)(
  '$id rejects $title with Okta’s error ($channel)',
  async ({ changes, appendedQuery = '', channel, error, description }) => {
    const visit = createIssuerClient(issuer.url)
    const reply = await visit(authorizeUrl(issuer.url, changes) + appendedQuery)
    if (channel === 'redirect') {
      const [redirectUri, parameters] = reply.url.split(/[?#]/)
      const response = Object.fromEntries(new URLSearchParams(parameters))
      expect([redirectUri, response.error, response.error_description]).toEqual([
        changes.redirect_uri ?? REDIRECT_URI,
        error,
        description,
      ])
      expect(response.state).toBe(changes.state === '' ? undefined : 's1')
    } else {
      expect([reply.status, new URL(reply.url).origin]).toEqual([400, new URL(issuer.url).origin])
      expect(reply.text).toContain(description.replaceAll("'", '&#39;'))
      expect(reply.text).toContain(`<code>${error}</code>`)
      expect(reply.text).not.toMatch(/https?:|<script|@import/)
    }
  },
)

test('authorization-server/O49 names the scopes that the access policy denies to a user', async () => {
  const denied = await signIn(issuer.url, { scope: `${USER_SCOPE} fakebookapi.admin` }, ARTHUR)
  expect(denied).toEqual({
    error: 'access_denied',
    error_description:
      'Some of the requested scopes were denied by the policy. Denied scopes: [fakebookapi.admin].',
    state: 's1',
    iss: issuer.url,
  })
  expect((await signIn(issuer.url, {}, ARTHUR)).code).toEqual(expect.any(String))
})

test('issues no refresh token without offline_access, and shows the form again only for prompt=login', async () => {
  const visit = createIssuerClient(issuer.url)
  const scope = 'openid fakebookapi.read'
  const { code } = await signIn(issuer.url, { scope }, undefined, visit)
  expect(Object.keys((await exchangeCode(issuer.url, code)).json)).not.toContain('refresh_token')
  const moreScopes = await visit(authorizeUrl(issuer.url, { scope: `${scope} fakebookapi.admin` }))
  expect(new URL(moreScopes.url).searchParams.has('code')).toBe(true)
  const silent = await visit(authorizeUrl(issuer.url, { scope, prompt: 'none' }))
  expect(new URL(silent.url).searchParams.has('code')).toBe(true)
  const form = await visit(authorizeUrl(issuer.url, { scope, prompt: 'login' }))
  expect(form.text).toContain('id="password"')
})
