import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { createIssuerClient } from '../support/authorization-server/issuer-client.ts'
import {
  authorizeUrl,
  basicCredentials,
  CODE_VERIFIER,
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
import { AGATHA, ARTHUR } from '../support/demo-accounts.ts'
import { createDpopClient } from '../support/dpop-client.ts'

let issuer: TestAuthorizationServer
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

async function fetchUserinfo(token: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${issuer.url}/v1/userinfo`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  return { status: response.status, headers: response.headers, json: (await response.json()) as object }
}

async function requestTokens(changes: Record<string, string> = {}) {
  const { code } = await signIn(issuer.url, changes)
  const { json } = await exchangeCode(issuer.url, code)
  const { access_token = '', refresh_token = '', id_token = '' } = json
  return { access_token, refresh_token, id_token }
}

async function requestJobToken(): Promise<string> {
  const { json } = await callEndpoint(
    issuer.url,
    'token',
    { grant_type: 'client_credentials', scope: 'fakebookapi.read' },
    basicCredentials('fakebook-cron'),
  )
  return json.access_token ?? ''
}

/** Changes the last character of the payload, which invalidates the signature. */
const tamperWith = (token: string) => token.replace(/.\.(?=[^.]*$)/, (end) => (end === 'x.' ? 'y.' : 'x.'))

test('userinfo returns the claims of the scopes, and rejects tokens without openid and invalid ones', async () => {
  const { access_token } = await requestTokens()
  expect(await fetchUserinfo(access_token)).toMatchObject({
    status: 200,
    json: {
      sub: 'agatha@example.com',
      name: 'Agatha Christie',
      preferred_username: 'agatha@example.com',
      email: 'agatha@example.com',
    },
  })
  const openidOnly = await requestTokens({ scope: 'openid' })
  expect((await fetchUserinfo(openidOnly.access_token)).json).toEqual({ sub: 'agatha@example.com' })
  for (const rejected of [await requestJobToken(), tamperWith(access_token), 'x', openidOnly.id_token])
    expect((await fetchUserinfo(rejected)).status).toBeGreaterThanOrEqual(401)
})

test('introspects access and refresh tokens, and returns inactive for others', async () => {
  const { access_token, refresh_token } = await requestTokens()
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
  expect(await introspect(await requestJobToken())).toMatchObject({
    active: true,
    client_id: 'fakebook-cron',
    sub: 'fakebook-cron',
  })
  for (const unknown of ['x', tamperWith(access_token)])
    expect(await introspect(unknown)).toEqual({ active: false })
})

type EndpointErrorCase = {
  readonly id: string
  readonly title: string
  readonly path: string
  readonly parameters: Record<string, string>
  /** Undefined sends the web app's credentials. */
  readonly headers?: Record<string, string>
  readonly status: number
  readonly error: string
}
const INVALID_REQUESTS: readonly EndpointErrorCase[] = [
  {
    id: 'authorization-server/O60',
    title: 'a wrong secret',
    path: 'introspect',
    parameters: { token: 'x' },
    headers: basicCredentials('fakebook-webapp', 'wrong'),
    status: 401,
    error: 'invalid_client',
  },
  {
    id: 'authorization-server/O61',
    title: 'no credentials',
    path: 'introspect',
    parameters: { token: 'x' },
    headers: {},
    status: 401,
    error: 'invalid_client',
  },
  {
    id: 'authorization-server/O62',
    title: 'no token',
    path: 'introspect',
    parameters: {},
    status: 400,
    error: 'invalid_request',
  },
  {
    id: 'authorization-server/O63',
    title: 'no token',
    path: 'revoke',
    parameters: {},
    status: 400,
    error: 'invalid_request',
  },
  {
    id: 'authorization-server/O64',
    title: 'an unknown client',
    path: 'revoke',
    parameters: { token: 'x' },
    headers: basicCredentials('unknown', 'x'),
    status: 401,
    error: 'invalid_client',
  },
  {
    id: 'authorization-server/O65',
    title: 'no grant type',
    path: 'token',
    parameters: {},
    status: 400,
    error: 'invalid_request',
  },
  {
    id: 'authorization-server/O66',
    title: 'an unknown grant type',
    path: 'token',
    parameters: { grant_type: 'password' },
    status: 400,
    error: 'unsupported_grant_type',
  },
]
test.each(INVALID_REQUESTS)(
  '$id rejects $title at the $path endpoint',
  async ({ path, parameters, headers, status, error }) => {
    const response = await callEndpoint(issuer.url, path, parameters, headers)
    expect([response.status, response.json.error]).toEqual([status, error])
  },
)

test('revokes an access token, and the whole grant of a refresh token', async () => {
  const { access_token, refresh_token } = await requestTokens()
  expect(
    (await callEndpoint(issuer.url, 'revoke', { token: refresh_token, token_type_hint: 'refresh_token' }))
      .status,
  ).toBe(200)
  expect((await refreshTokens(issuer.url, refresh_token)).json.error).toBe('invalid_grant')
  expect((await fetchUserinfo(access_token)).status).toBe(401)
  const other = await requestTokens()
  expect((await callEndpoint(issuer.url, 'revoke', { token: other.access_token })).status).toBe(200)
  expect((await callEndpoint(issuer.url, 'introspect', { token: other.access_token })).json).toEqual({
    active: false,
  })
  // RFC 7009 §2.2: revoking an unknown token succeeds.
  expect((await callEndpoint(issuer.url, 'revoke', { token: 'x' })).status).toBe(200)
})

test('requires a DPoP proof at userinfo for a token that is bound to a key', async () => {
  const { code = '' } = await signIn(issuer.url)
  const client = await createDpopClient()
  const createProof = async (url: string, token: string, nonce?: string, method = 'POST') =>
    client.createProof({ url, token, method, nonce, ...(token === '' && { claims: { ath: undefined } }) })
  const requestToken = (dpop: string) =>
    callEndpoint(
      issuer.url,
      'token',
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: CODE_VERIFIER,
      },
      { ...basicCredentials('fakebook-webapp'), dpop },
    )
  const tokenUrl = `${issuer.url}/v1/token`
  const nonce = (await requestToken(await createProof(tokenUrl, ''))).headers.get('dpop-nonce') ?? ''
  const { access_token = '', token_type } = (await requestToken(await createProof(tokenUrl, '', nonce))).json
  expect(token_type).toBe('DPoP')
  expect((await fetchUserinfo(access_token)).status).toBe(401)
  const userinfoUrl = `${issuer.url}/v1/userinfo`
  const dpop = await createProof(userinfoUrl, access_token, nonce, 'GET')
  expect((await fetchUserinfo(access_token, { authorization: `DPoP ${access_token}`, dpop })).status).toBe(
    200,
  )
})

const logoutUrl = (parameters: Record<string, string>) =>
  `${issuer.url}/v1/logout?${new URLSearchParams(parameters)}`
const HOME_URL = 'http://localhost:7001'

test('a logout ends the session without a confirmation page, redirects back, and keeps offline grants', async () => {
  const visit = createIssuerClient(issuer.url)
  const { code } = await signIn(issuer.url, {}, AGATHA, visit)
  const { id_token = '', refresh_token } = (await exchangeCode(issuer.url, code)).json
  const parameters = { id_token_hint: id_token, post_logout_redirect_uri: HOME_URL, state: 'bye' }
  expect((await visit(logoutUrl(parameters))).url).toBe(`${HOME_URL}/?state=bye`)
  const silent = await visit(authorizeUrl(issuer.url, { prompt: 'none' }))
  expect(new URL(silent.url).searchParams.get('error')).toBe('login_required')
  // A second logout, for example from another tab, succeeds.
  expect((await visit(logoutUrl(parameters))).url).toBe(`${HOME_URL}/?state=bye`)
  expect((await refreshTokens(issuer.url, refresh_token)).status).toBe(200)
})

test('rejects invalid logouts and keeps the session', async () => {
  const visit = createIssuerClient(issuer.url)
  const agatha = await signIn(issuer.url, {}, AGATHA, visit)
  const { id_token = '' } = (await exchangeCode(issuer.url, agatha.code)).json
  const arthur = await signIn(issuer.url, {}, ARTHUR)
  const arthursIdToken = (await exchangeCode(issuer.url, arthur.code)).json.id_token ?? ''
  const invalidLogouts: readonly { id: string; parameters: Record<string, string>; description: string }[] = [
    {
      id: 'authorization-server/O70',
      parameters: {},
      description: 'The required parameter &#39;id_token_hint&#39; is missing.',
    },
    {
      id: 'authorization-server/O71',
      parameters: { id_token_hint: arthursIdToken },
      description: 'issued to another user',
    },
    {
      id: 'authorization-server/O72',
      parameters: { id_token_hint: tamperWith(id_token) },
      description: 'id_token_hint',
    },
    {
      id: 'authorization-server/O73',
      parameters: { id_token_hint: 'x' },
      description: 'id_token_hint',
    },
    {
      id: 'authorization-server/O74',
      parameters: { id_token_hint: id_token, post_logout_redirect_uri: 'http://localhost:9' },
      description: 'must be a Logout redirect URI in the client app settings.',
    },
  ]
  for (const { id, parameters, description } of invalidLogouts) {
    const { status, text } = await visit(logoutUrl(parameters))
    expect([id, status, text]).toEqual([id, 400, expect.stringContaining(description)])
  }
  const silent = await visit(authorizeUrl(issuer.url, { prompt: 'none' }))
  expect(new URL(silent.url).searchParams.has('code')).toBe(true)
})
