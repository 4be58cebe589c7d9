import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import {
  authorizeUrl,
  callEndpoint,
  exchangeCode,
  refreshTokens,
  signIn,
  USER_SCOPE,
} from '../support/authorization-server/oauth-client.ts'
import { createRedirectFollower } from '../support/authorization-server/redirect-follower.ts'
import { startTestAuthorizationServer } from '../support/authorization-server/start-test-authorization-server.ts'
import { AGATHA } from '../support/demo-accounts.ts'
import { createDpopClient } from '../support/dpop-client.ts'

let issuer: Awaited<ReturnType<typeof startTestAuthorizationServer>>
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

async function userinfo(token: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${issuer.url}/v1/userinfo`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  return { status: response.status, headers: response.headers, json: (await response.json()) as object }
}

async function tokens(changes: Record<string, string> = {}) {
  const { code } = await signIn(issuer.url, changes)
  const { json } = await exchangeCode(issuer.url, code)
  const { access_token = '', refresh_token = '', id_token = '' } = json
  return { access_token, refresh_token, id_token }
}

async function jobToken(): Promise<string> {
  const { json } = await callEndpoint(
    issuer.url,
    'token',
    { grant_type: 'client_credentials', scope: 'fakebookapi.read' },
    { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
  )
  return json.access_token ?? ''
}

/** The last letter of the payload, changed: the signature no longer fits. */
const tampered = (token: string) => token.replace(/.\.(?=[^.]*$)/, (end) => (end === 'x.' ? 'y.' : 'x.'))

test('userinfo says who it is, to a token that has openid', async () => {
  const { access_token } = await tokens()
  expect(await userinfo(access_token)).toMatchObject({
    status: 200,
    json: {
      sub: 'agatha@example.com',
      name: 'Agatha Christie',
      preferred_username: 'agatha@example.com',
      email: 'agatha@example.com',
    },
  })
  const bare = await tokens({ scope: 'openid' })
  expect((await userinfo(bare.access_token)).json).toEqual({ sub: 'agatha@example.com' })
  for (const refused of [await jobToken(), tampered(access_token), 'x', bare.id_token])
    expect((await userinfo(refused)).status).toBeGreaterThanOrEqual(401)
})

test('introspection knows both kinds of tokens, and tells nothing of others', async () => {
  const { access_token, refresh_token } = await tokens()
  const { jti, iat, exp } = decodeJwt(access_token)
  const introspect = async (token: string) => (await callEndpoint(issuer.url, 'introspect', { token })).json
  expect(await introspect(access_token)).toEqual({
    active: true,
    token_type: 'Bearer',
    scope: USER_SCOPE,
    username: 'agatha@example.com',
    sub: 'agatha@example.com',
    uid: '00u1agatha',
    client_id: 'fakebook-webapp',
    iss: issuer.url,
    aud: 'api://default',
    jti,
    iat,
    exp,
  })
  expect(await introspect(refresh_token)).toMatchObject({
    active: true,
    scope: USER_SCOPE,
    username: 'agatha@example.com',
  })
  expect(await introspect(await jobToken())).toMatchObject({
    active: true,
    client_id: 'fakebook-cron',
    sub: 'fakebook-cron',
  })
  for (const unknown of ['x', tampered(access_token)])
    expect(await introspect(unknown)).toEqual({ active: false })
})

test.each([
  [
    'O60',
    'introspect',
    { token: 'x' },
    { authorization: `Basic ${btoa('fakebook-webapp:wrong')}` },
    401,
    'invalid_client',
  ],
  ['O61', 'introspect', { token: 'x' }, {}, 401, 'invalid_client'],
  ['O62', 'introspect', {}, undefined, 400, 'invalid_request'],
  ['O63', 'revoke', {}, undefined, 400, 'invalid_request'],
  ['O64', 'revoke', { token: 'x' }, { authorization: `Basic ${btoa('nobody:x')}` }, 401, 'invalid_client'],
  ['O65', 'token', {}, undefined, 400, 'invalid_request'],
  ['O66', 'token', { grant_type: 'password' }, undefined, 400, 'unsupported_grant_type'],
] as const)('%s %s %j', async (_, path, parameters, headers, status, error) => {
  const answer = await callEndpoint(issuer.url, path, { ...parameters }, headers && { ...headers })
  expect([answer.status, answer.json.error]).toEqual([status, error])
})

test('a token that was taken back is good for nothing at the issuer; a refresh token takes its family along', async () => {
  const { access_token, refresh_token } = await tokens()
  expect(
    (await callEndpoint(issuer.url, 'revoke', { token: refresh_token, token_type_hint: 'refresh_token' }))
      .status,
  ).toBe(200)
  expect((await refreshTokens(issuer.url, refresh_token)).json.error).toBe('invalid_grant')
  expect((await userinfo(access_token)).status).toBe(401)
  const other = await tokens()
  expect((await callEndpoint(issuer.url, 'revoke', { token: other.access_token })).status).toBe(200)
  expect((await callEndpoint(issuer.url, 'introspect', { token: other.access_token })).json).toEqual({
    active: false,
  })
  // RFC 7009 §2.2: a token that is not known is taken back already.
  expect((await callEndpoint(issuer.url, 'revoke', { token: 'x' })).status).toBe(200)
})

test('a token that is bound to a key needs a proof at userinfo, too', async () => {
  const { code = '' } = await signIn(issuer.url)
  const client = await createDpopClient()
  const proof = async (url: string, token: string, nonce?: string, method = 'POST') =>
    client.createProof({ url, token, method, nonce, ...(token === '' && { claims: { ath: undefined } }) })
  const ask = (dpop: string) =>
    callEndpoint(
      issuer.url,
      'token',
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: 'http://localhost:7001/callback',
        code_verifier: 'a-verifier-of-forty-three-characters-or-more-0',
      },
      { authorization: `Basic ${btoa('fakebook-webapp:fakebook-webapp-secret')}`, dpop },
    )
  const at = `${issuer.url}/v1/token`
  const nonce = (await ask(await proof(at, ''))).headers.get('dpop-nonce') ?? ''
  const { access_token = '', token_type } = (await ask(await proof(at, '', nonce))).json
  expect(token_type).toBe('DPoP')
  expect((await userinfo(access_token)).status).toBe(401)
  const place = `${issuer.url}/v1/userinfo`
  const dpop = await proof(place, access_token, nonce, 'GET')
  expect((await userinfo(access_token, { authorization: `DPoP ${access_token}`, dpop })).status).toBe(200)
})

const logout = (parameters: Record<string, string>) =>
  `${issuer.url}/v1/logout?${new URLSearchParams(parameters)}`
const HOME = 'http://localhost:7001'

test('signing out ends the session without a question and leads back; what was granted for offline use lasts', async () => {
  const visit = createRedirectFollower(issuer.url)
  const { code } = await signIn(issuer.url, {}, AGATHA, visit)
  const { id_token = '', refresh_token } = (await exchangeCode(issuer.url, code)).json
  const out = { id_token_hint: id_token, post_logout_redirect_uri: HOME, state: 'bye' }
  expect((await visit(logout(out))).at).toBe(`${HOME}/?state=bye`)
  const silent = await visit(authorizeUrl(issuer.url, { prompt: 'none' }))
  expect(new URL(silent.at).searchParams.get('error')).toBe('login_required')
  // A second tab signs out, too: there is nothing left to end.
  expect((await visit(logout(out))).at).toBe(`${HOME}/?state=bye`)
  expect((await refreshTokens(issuer.url, refresh_token)).status).toBe(200)
})

test('O70 to O74: nobody is signed out for somebody else, and nobody is sent elsewhere', async () => {
  const visit = createRedirectFollower(issuer.url)
  const { code } = await signIn(issuer.url, {}, AGATHA, visit)
  const { id_token = '' } = (await exchangeCode(issuer.url, code)).json
  const arthur = await signIn(issuer.url, {}, { login: 'arthur@example.com', password: 'baskerville-hall' })
  const others = (await exchangeCode(issuer.url, arthur.code)).json.id_token ?? ''
  const rows: readonly (readonly [string, Record<string, string>, string])[] = [
    ['O70', {}, 'The required parameter &#39;id_token_hint&#39; is missing.'],
    ['O71', { id_token_hint: others }, 'of another person'],
    ['O72', { id_token_hint: tampered(id_token) }, 'id_token_hint'],
    ['O73', { id_token_hint: 'x' }, 'id_token_hint'],
    [
      'O74',
      { id_token_hint: id_token, post_logout_redirect_uri: 'http://localhost:9' },
      'must be a Logout redirect URI in the client app settings.',
    ],
  ]
  for (const [id, parameters, words] of rows) {
    const { status, page } = await visit(logout(parameters))
    expect([id, status, page]).toEqual([id, 400, expect.stringContaining(words)])
  }
  const still = await visit(authorizeUrl(issuer.url, { prompt: 'none' }))
  expect(new URL(still.at).searchParams.has('code')).toBe(true)
})
