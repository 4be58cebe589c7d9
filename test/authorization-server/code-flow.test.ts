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
import { startTestAuthorizationServer } from '../support/authorization-server/start-test-authorization-server.ts'
import { type Service, startService } from '../support/service.ts'
import { createTestClock } from '../support/test-clock.ts'

const REFUSED = {
  status: 400,
  json: { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' },
}
const ALL_BUT_DATE = [
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
let issuer: Awaited<ReturnType<typeof startTestAuthorizationServer>>
let service: Service
beforeAll(async () => {
  issuer = await startTestAuthorizationServer(undefined, {}, clock)
  service = await startService()
})
afterEach(() => void jest.useRealTimers())
afterAll(async () => {
  await issuer.close()
  await service.close()
})

test('a person signs in, and the token reads the books', async () => {
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

/** What Okta answers to a code or a refresh token that is no good. */
const EXCHANGES: readonly (readonly [string, string, Record<string, string>, string, string])[] = [
  [
    'O40',
    'another verifier',
    { code_verifier: 'x'.repeat(43) },
    'invalid_grant',
    'PKCE verification failed.',
  ],
  [
    'O41',
    'no verifier',
    { code_verifier: '' },
    'invalid_request',
    'PKCE code verifier is required by the application.',
  ],
  [
    'O42',
    'another address',
    { redirect_uri: 'http://localhost:7001' },
    'invalid_grant',
    "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
  ],
  [
    'O43',
    'a code that was never given',
    { code: 'x' },
    'invalid_grant',
    'The authorization code is invalid or has expired.',
  ],
]
test.each(EXCHANGES)('%s %s', async (_, __, changes, error, error_description) => {
  const { code } = await signIn(issuer.url)
  const { status, json } = await exchangeCode(issuer.url, code, changes)
  expect([status, json]).toEqual([400, { error, error_description }])
})

test('O44 a code that another client was given', async () => {
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

test('O45 a code is good once; used again, it takes back what it gave', async () => {
  const { code } = await signIn(issuer.url)
  const first = await exchangeCode(issuer.url, code)
  expect(first.status).toBe(200)
  expect((await exchangeCode(issuer.url, code)).json).toEqual({
    error: 'invalid_grant',
    error_description: 'The authorization code is invalid or has expired.',
  })
  expect(await refreshTokens(issuer.url, first.json.refresh_token)).toMatchObject(REFUSED)
})

test('O50 a code is good for 300 s', async () => {
  const later = (seconds: number) => jest.setSystemTime(Date.now() + seconds * 1000)
  const { code } = await signIn(issuer.url)
  const { code: late } = await signIn(issuer.url)
  // oidc-provider reads the machine's clock: that alone is replaced, the network's timers go on.
  jest.useFakeTimers({ now: Date.now(), doNotFake: [...ALL_BUT_DATE] })
  later(295)
  expect((await exchangeCode(issuer.url, code)).status).toBe(200)
  later(10)
  const { json } = await exchangeCode(issuer.url, late)
  expect(json.error_description).toBe('The authorization code is invalid or has expired.')
})

test('O46 PKCE is the confidential client’s choice, as at Okta; a verifier without a challenge is refused', async () => {
  const plain = { code_challenge: '', code_challenge_method: '' }
  const { code } = await signIn(issuer.url, plain)
  expect((await exchangeCode(issuer.url, code, { code_verifier: '' })).status).toBe(200)
  const again = await signIn(issuer.url, plain)
  expect((await exchangeCode(issuer.url, again.code)).json).toEqual({
    error: 'invalid_request',
    error_description:
      'PKCE code challenge should be specified in the authorize request for code verification.',
  })
})

test('O47 an old refresh token is taken for 30 s more; after that it ends the family', async () => {
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
  expect(await refreshTokens(issuer.url, first.refresh_token)).toMatchObject(REFUSED)
  for (const { json } of [second, again])
    expect(await refreshTokens(issuer.url, json.refresh_token)).toMatchObject(REFUSED)
})

test('O48 a refresh asks for less, never for more', async () => {
  const { code } = await signIn(issuer.url)
  const { refresh_token } = (await exchangeCode(issuer.url, code)).json
  const more = await refreshTokens(issuer.url, refresh_token, { scope: 'fakebookapi.admin' })
  expect(more).toMatchObject({ status: 400, json: { error: 'access_denied' } })
  expect((await refreshTokens(issuer.url, refresh_token, { scope: 'openid fakebookapi.read' })).status).toBe(
    200,
  )
})
