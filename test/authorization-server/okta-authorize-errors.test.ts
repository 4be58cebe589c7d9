import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AUTHORIZE_ERROR_CASES } from '../cases/authorization-server/okta-authorize-errors.ts'
import {
  authorizeUrl,
  exchangeCode,
  REDIRECT_URI,
  signIn,
  USER_SCOPE,
} from '../support/authorization-server/oauth-client.ts'
import { createRedirectFollower } from '../support/authorization-server/redirect-follower.ts'
import { startTestAuthorizationServer } from '../support/authorization-server/start-test-authorization-server.ts'
import { ARTHUR } from '../support/demo-accounts.ts'

let issuer: Awaited<ReturnType<typeof startTestAuthorizationServer>>
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

test.each(AUTHORIZE_ERROR_CASES)(
  '$id $name',
  async ({ changes, channel, error, description, appendedQuery }) => {
    const visit = createRedirectFollower(issuer.url)
    const { at, status, page } = await visit(authorizeUrl(issuer.url, changes) + appendedQuery)
    if (channel === 'redirect') {
      const {
        error: told,
        error_description,
        state,
      } = Object.fromEntries(new URLSearchParams(at.split(/[?#]/)[1]))
      const redirect = changes.redirect_uri ?? REDIRECT_URI
      expect([at.split(/[?#]/)[0], told, error_description]).toEqual([redirect, error, description])
      expect(state).toBe(changes.state === '' ? undefined : 's1')
    } else {
      expect([status, new URL(at).origin]).toEqual([400, new URL(issuer.url).origin])
      const text = description.replaceAll("'", '&#39;')
      expect([page.includes(text), page.includes(`<code>${error}</code>`)]).toEqual([true, true])
      expect(page).not.toMatch(/https?:|<script|@import/)
    }
  },
)

test('O49 the policy gives a person less than was asked for, and says what', async () => {
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

test('without offline_access there is no refresh token; whoever is signed in is not asked again, unless that is wanted', async () => {
  const visit = createRedirectFollower(issuer.url)
  const scope = 'openid fakebookapi.read'
  const { code } = await signIn(issuer.url, { scope }, undefined, visit)
  expect(Object.keys((await exchangeCode(issuer.url, code)).json)).not.toContain('refresh_token')
  const again = await visit(authorizeUrl(issuer.url, { scope: `${scope} fakebookapi.admin` }))
  expect(new URL(again.at).searchParams.has('code')).toBe(true)
  const silent = await visit(authorizeUrl(issuer.url, { scope, prompt: 'none' }))
  expect(new URL(silent.at).searchParams.has('code')).toBe(true)
  const asked = await visit(authorizeUrl(issuer.url, { scope, prompt: 'login' }))
  expect(asked.page).toContain('id="password"')
})
