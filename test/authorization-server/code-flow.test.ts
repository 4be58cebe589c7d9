import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import {
  callEndpoint,
  exchangeCode,
  REDIRECT_URI,
  refreshTokens,
  signIn,
  USER_SCOPE,
} from '../support/authorization-server/oauth-client.ts'
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../support/authorization-server/start-test-authorization-server.ts'
import { type Service, startService } from '../support/service.ts'
import { createTestClock } from '../support/test-clock.ts'

const INVALID_REFRESH_TOKEN = {
  status: 400,
  json: { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' },
}
const EVERY_TIMER_EXCEPT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const
const clock = createTestClock()
let issuer: TestAuthorizationServer
let service: Service
beforeAll(async () => {
  issuer = await startTestAuthorizationServer({ clock })
  service = await startService()
})
afterEach(() => void jest.useRealTimers())
afterAll(async () => {
  await issuer.close()
  await service.close()
})

test('issues Okta’s tokens to a signed-in user, and the API accepts the access token only', async () => {
  const { code, state, iss } = await signIn(service.issuerUrl)
  expect([state, iss]).toEqual(['s1', service.issuerUrl])
  const { json } = await exchangeCode(service.issuerUrl, code)
  expect(json).toEqual({
    token_type: 'Bearer',
    expires_in: 3600,
    scope: USER_SCOPE,
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    id_token: expect.any(String),
  })
  const claims = decodeJwt(json.access_token ?? '')
  expect(claims).toEqual({
    ver: 1,
    jti: expect.stringMatching(/^AT\./),
    iss: service.issuerUrl,
    aud: 'api://default',
    iat: expect.any(Number),
    exp: Number(claims.iat) + 3600,
    cid: 'fakebook-webapp',
    uid: '00u1agatha',
    scp: USER_SCOPE.split(' '),
    auth_time: expect.any(Number),
    sub: 'agatha@example.com',
  })
  expect(decodeJwt(json.id_token ?? '')).toMatchObject({
    aud: 'fakebook-webapp',
    nonce: 'n1',
    sub: 'agatha@example.com',
  })
  expect((await service.graphql('{ books { id } }', json.access_token)).status).toBe(200)
  expect((await service.graphql('{ books { addedBy } }', json.access_token)).status).toBe(403)
  expect((await service.graphql('{ books { id } }', json.id_token)).status).toBe(401)
})

const INVALID_EXCHANGES = [
  {
    id: 'authorization-server/O40',
    title: 'another verifier',
    changes: { code_verifier: 'x'.repeat(43) },
    error: 'invalid_grant',
    description: 'PKCE verification failed.',
  },
  {
    id: 'authorization-server/O41',
    title: 'no verifier',
    changes: { code_verifier: '' },
    error: 'invalid_request',
    description: 'PKCE code verifier is required by the application.',
  },
  {
    id: 'authorization-server/O42',
    title: 'another redirect URI',
    changes: { redirect_uri: 'http://localhost:7001' },
    error: 'invalid_grant',
    description: "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
  },
  {
    id: 'authorization-server/O43',
    title: 'a code that was never issued',
    changes: { code: 'x' },
    error: 'invalid_grant',
    description: 'The authorization code is invalid or has expired.',
  },
]
test.each(INVALID_EXCHANGES)('$id rejects $title', async ({ changes, error, description }) => {
  const { code } = await signIn(issuer.url)
  const { status, json } = await exchangeCode(issuer.url, code, { ...changes })
  expect([status, json]).toEqual([400, { error, error_description: description }])
})

test('authorization-server/O44 rejects a code that was issued to another client', async () => {
  const { code = '' } = await signIn(issuer.url)
  const { json } = await callEndpoint(
    issuer.url,
    'token',
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      client_id: 'fakebook-ide',
      code_verifier: 'x'.repeat(43),
    },
    {},
  )
  expect(json).toEqual({
    error: 'invalid_grant',
    error_description:
      "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
  })
})

test('authorization-server/O45 revokes the tokens of a code that is used again', async () => {
  const { code } = await signIn(issuer.url)
  const first = await exchangeCode(issuer.url, code)
  expect(first.status).toBe(200)
  expect((await exchangeCode(issuer.url, code)).json).toEqual({
    error: 'invalid_grant',
    error_description: 'The authorization code is invalid or has expired.',
  })
  expect(await refreshTokens(issuer.url, first.json.refresh_token)).toMatchObject(INVALID_REFRESH_TOKEN)
})

test('authorization-server/O50 rejects a code after 300 s', async () => {
  const advance = (seconds: number) => jest.setSystemTime(Date.now() + seconds * 1000)
  const { code } = await signIn(issuer.url)
  const lateCode = (await signIn(issuer.url)).code
  // oidc-provider reads Date; timers stay real for the network.
  jest.useFakeTimers({ now: Date.now(), doNotFake: [...EVERY_TIMER_EXCEPT_DATE] })
  advance(295)
  expect((await exchangeCode(issuer.url, code)).status).toBe(200)
  advance(10)
  const { json } = await exchangeCode(issuer.url, lateCode)
  expect(json.error_description).toBe('The authorization code is invalid or has expired.')
})

test('authorization-server/O46 makes PKCE optional for confidential clients, and rejects a verifier without a challenge', async () => {
  const withoutPkce = { code_challenge: '', code_challenge_method: '' }
  const { code } = await signIn(issuer.url, withoutPkce)
  expect((await exchangeCode(issuer.url, code, { code_verifier: '' })).status).toBe(200)
  const again = await signIn(issuer.url, withoutPkce)
  expect((await exchangeCode(issuer.url, again.code)).json).toEqual({
    error: 'invalid_request',
    error_description:
      'PKCE code challenge should be specified in the authorize request for code verification.',
  })
})

test('authorization-server/O47 accepts a rotated refresh token for 30 s, then revokes the grant', async () => {
  const { code } = await signIn(issuer.url)
  const first = (await exchangeCode(issuer.url, code)).json
  const second = await refreshTokens(issuer.url, first.refresh_token)
  expect(decodeJwt(second.json.access_token ?? '')).toMatchObject({
    scp: USER_SCOPE.split(' '),
    uid: '00u1agatha',
  })
  expect(second.json.refresh_token).not.toBe(first.refresh_token)
  await clock.advance(20_000)
  const again = await refreshTokens(issuer.url, first.refresh_token)
  expect(again.status).toBe(200)
  await clock.advance(20_000)
  expect(await refreshTokens(issuer.url, first.refresh_token)).toMatchObject(INVALID_REFRESH_TOKEN)
  for (const { json } of [second, again])
    expect(await refreshTokens(issuer.url, json.refresh_token)).toMatchObject(INVALID_REFRESH_TOKEN)
})

test('authorization-server/O48 allows a refresh with fewer scopes, not with more', async () => {
  const { code } = await signIn(issuer.url)
  const { refresh_token } = (await exchangeCode(issuer.url, code)).json
  const more = await refreshTokens(issuer.url, refresh_token, { scope: 'fakebookapi.admin' })
  expect(more).toMatchObject({ status: 400, json: { error: 'access_denied' } })
  const fewer = await refreshTokens(issuer.url, refresh_token, { scope: 'openid fakebookapi.read' })
  expect(fewer).toMatchObject({ status: 200, json: { scope: 'openid fakebookapi.read' } })
  expect(decodeJwt(fewer.json.access_token ?? '').scp).toEqual(['openid', 'fakebookapi.read'])
  // The new refresh token keeps all scopes (RFC 6749 §6).
  const all = await refreshTokens(issuer.url, fewer.json.refresh_token)
  expect(all.json.scope).toBe(USER_SCOPE)
})
