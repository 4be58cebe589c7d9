import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { createIssuerClient } from '../support/authorization-server/issuer-client.ts'
import { basicCredentials, REDIRECT_URI, USER_SCOPE } from '../support/authorization-server/oauth-client.ts'
import { AGATHA } from '../support/demo-accounts.ts'
import { READ_SCOPE, type Service, startService } from '../support/service.ts'

// Two strict client libraries against the embedded authorization server.

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

/** Signs in at the issuer, unless there is a session, and returns the callback URL. */
async function authorize(authorizeUrl: URL, visit = createIssuerClient(service.issuerUrl)): Promise<URL> {
  const page = await visit(authorizeUrl.href)
  if (new URL(page.url).origin !== new URL(service.issuerUrl).origin) return new URL(page.url)
  return new URL((await visit(page.url, { method: 'POST', body: new URLSearchParams(AGATHA) })).url)
}

test('openid-client completes sign-in, userinfo, refresh, introspection, revocation and sign-out', async () => {
  const secret = client.ClientSecretPost('fakebook-webapp-secret')
  const options = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] }
  const server = await client.discovery(
    new URL(service.issuerUrl),
    'fakebook-webapp',
    undefined,
    secret,
    options,
  )
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const visit = createIssuerClient(service.issuerUrl)
  const callback = await authorize(
    client.buildAuthorizationUrl(server, {
      redirect_uri: REDIRECT_URI,
      scope: USER_SCOPE,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    }),
    visit,
  )
  const tokens = await client.authorizationCodeGrant(server, callback, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    idTokenExpected: true,
  })
  const { sub = '' } = tokens.claims() ?? {}
  expect(await client.fetchUserInfo(server, tokens.access_token, sub)).toMatchObject({ email: AGATHA.login })
  const refreshed = await client.refreshTokenGrant(server, tokens.refresh_token ?? '')
  expect(await client.tokenIntrospection(server, refreshed.access_token)).toMatchObject({ active: true, sub })
  await client.tokenRevocation(server, refreshed.refresh_token ?? '')
  await expect(client.refreshTokenGrant(server, refreshed.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const signOutUrl = client.buildEndSessionUrl(server, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: 'http://localhost:7001',
    state: 'bye',
  })
  expect((await visit(signOutUrl.href)).url).toBe('http://localhost:7001/?state=bye')
})

test('openid-client gets client credentials tokens with the secret in the header and in the body', async () => {
  for (const secret of [client.ClientSecretBasic, client.ClientSecretPost]) {
    const options = { execute: [client.allowInsecureRequests] }
    const authentication = secret('fakebook-cron-secret')
    const server = await client.discovery(
      new URL(service.issuerUrl),
      'fakebook-cron',
      undefined,
      authentication,
      options,
    )
    expect(await client.clientCredentialsGrant(server, { scope: READ_SCOPE })).toMatchObject({
      scope: READ_SCOPE,
    })
  }
})

const ideOrigin = () => new URL(service.apiUrl).origin
const requestOptions = () => ({
  [oauth.allowInsecureRequests]: true,
  headers: new Headers({ origin: ideOrigin() }),
})
const IDE: oauth.Client = { client_id: 'fakebook-ide' }

test.each(['oidc', 'oauth2'] as const)(
  'oauth4webapi completes the code flow of a public client after %s discovery',
  async (algorithm) => {
    const issuer = new URL(service.issuerUrl)
    const discovery = await oauth.discoveryRequest(issuer, { algorithm, ...requestOptions() })
    expect(discovery.headers.get('access-control-allow-origin')).toBe(ideOrigin())
    const server = await oauth.processDiscoveryResponse(issuer, discovery)
    expect(server.authorization_response_iss_parameter_supported).toBe(true)
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ]
    const redirectUri = `${service.apiUrl}/graphql`
    const url = new URL(server.authorization_endpoint ?? '')
    for (const [name, value] of Object.entries({
      client_id: IDE.client_id,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: `openid profile ${READ_SCOPE}`,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }))
      url.searchParams.set(name, value)
    const parameters = oauth.validateAuthResponse(server, IDE, await authorize(url), state)
    const authentication = oauth.None()
    const tokenResponse = await oauth.authorizationCodeGrantRequest(
      server,
      IDE,
      authentication,
      parameters,
      redirectUri,
      verifier,
      requestOptions(),
    )
    expect(tokenResponse.headers.get('access-control-allow-origin')).toBe(ideOrigin())
    const tokens = await oauth.processAuthorizationCodeResponse(server, IDE, tokenResponse, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
    const userinfo = await oauth.userInfoRequest(server, IDE, tokens.access_token, requestOptions())
    expect(userinfo.headers.get('access-control-allow-origin')).toBe(ideOrigin())
    const { sub = '' } = oauth.getValidatedIdTokenClaims(tokens) ?? {}
    expect(await oauth.processUserInfoResponse(server, IDE, sub, userinfo)).toMatchObject({
      name: 'Agatha Christie',
    })
    const revocation = await oauth.revocationRequest(
      server,
      IDE,
      authentication,
      tokens.access_token,
      requestOptions(),
    )
    expect(await oauth.processRevocationResponse(revocation)).toBeUndefined()
  },
)

test('allows cross-origin requests of the IDE only', async () => {
  const requestToken = async (origin: string, client_id: string) => {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'x',
      client_id,
      redirect_uri: REDIRECT_URI,
    })
    const headers = {
      origin,
      ...(client_id === 'fakebook-webapp' && basicCredentials(client_id)),
    }
    const response = await fetch(`${service.issuerUrl}/v1/token`, { method: 'POST', headers, body })
    return { allowed: response.headers.get('access-control-allow-origin'), json: await response.json() }
  }
  const rejected = {
    allowed: null,
    json: {
      error: 'invalid_request',
      error_description:
        'Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.',
    },
  }
  expect(await requestToken('https://evil.example', 'fakebook-ide')).toEqual(rejected)
  expect(await requestToken(ideOrigin(), 'fakebook-webapp')).toEqual(rejected)
  expect(await requestToken(ideOrigin(), 'fakebook-ide')).toMatchObject({
    allowed: ideOrigin(),
    json: { error: 'invalid_grant' },
  })
})
