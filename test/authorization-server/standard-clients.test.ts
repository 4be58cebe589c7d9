import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { USER_SCOPE } from '../support/authorization-server/oauth-client.ts'
import { createRedirectFollower } from '../support/authorization-server/redirect-follower.ts'
import { AGATHA } from '../support/demo-accounts.ts'
import { READ_SCOPE, type Service, startService } from '../support/service.ts'

/** What two libraries that take the specifications at their word say to the embedded issuer. */
const REDIRECT = 'http://localhost:7001/callback'
let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

/** A person's way through the issuer's pages, to the address where the application takes over. */
async function wayBack(url: URL, visit = createRedirectFollower(service.issuerUrl)): Promise<URL> {
  const { at } = await visit(url.href)
  if (!at.startsWith(new URL(service.issuerUrl).origin)) return new URL(at)
  return new URL((await visit(at, { method: 'POST', body: new URLSearchParams(AGATHA) })).at)
}

test('openid-client: sign-in, userinfo, refresh, introspection, revocation, sign-out', async () => {
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
  const visit = createRedirectFollower(service.issuerUrl)
  const back = await wayBack(
    client.buildAuthorizationUrl(server, {
      redirect_uri: REDIRECT,
      scope: USER_SCOPE,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    }),
    visit,
  )
  const tokens = await client.authorizationCodeGrant(server, back, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    idTokenExpected: true,
  })
  const { sub = '' } = tokens.claims() ?? {}
  expect(await client.fetchUserInfo(server, tokens.access_token, sub)).toMatchObject({ email: AGATHA.login })
  const renewed = await client.refreshTokenGrant(server, tokens.refresh_token ?? '')
  expect(await client.tokenIntrospection(server, renewed.access_token)).toMatchObject({ active: true, sub })
  await client.tokenRevocation(server, renewed.refresh_token ?? '')
  await expect(client.refreshTokenGrant(server, renewed.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const out = client.buildEndSessionUrl(server, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: 'http://localhost:7001',
    state: 'bye',
  })
  expect((await visit(out.href)).at).toBe('http://localhost:7001/?state=bye')
})

test('openid-client: a job, by both ways of sending its secret', async () => {
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

const ORIGIN = () => new URL(service.apiUrl).origin
const insecure = () => ({ [oauth.allowInsecureRequests]: true, headers: new Headers({ origin: ORIGIN() }) })
const IDE: oauth.Client = { client_id: 'fakebook-ide' }

test.each(['oidc', 'oauth2'] as const)(
  'oauth4webapi: the IDE in a browser, found by %s',
  async (algorithm) => {
    const issuer = new URL(service.issuerUrl)
    const found = await oauth.discoveryRequest(issuer, { algorithm, ...insecure() })
    expect(found.headers.get('access-control-allow-origin')).toBe(ORIGIN())
    const server = await oauth.processDiscoveryResponse(issuer, found)
    expect(server.authorization_response_iss_parameter_supported).toBe(true)
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ]
    const redirect = `${service.apiUrl}/graphql`
    const url = new URL(server.authorization_endpoint ?? '')
    for (const [name, value] of Object.entries({
      client_id: IDE.client_id,
      response_type: 'code',
      redirect_uri: redirect,
      scope: `openid profile ${READ_SCOPE}`,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }))
      url.searchParams.set(name, value)
    const parameters = oauth.validateAuthResponse(server, IDE, await wayBack(url), state)
    const none = oauth.None()
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      IDE,
      none,
      parameters,
      redirect,
      verifier,
      insecure(),
    )
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN())
    const tokens = await oauth.processAuthorizationCodeResponse(server, IDE, answer, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
    const userinfo = await oauth.userInfoRequest(server, IDE, tokens.access_token, insecure())
    expect(userinfo.headers.get('access-control-allow-origin')).toBe(ORIGIN())
    const { sub = '' } = oauth.getValidatedIdTokenClaims(tokens) ?? {}
    expect(await oauth.processUserInfoResponse(server, IDE, sub, userinfo)).toMatchObject({
      name: 'Agatha Christie',
    })
    const revoked = await oauth.revocationRequest(server, IDE, none, tokens.access_token, insecure())
    expect(await oauth.processRevocationResponse(revoked)).toBeUndefined()
  },
)

test('a page elsewhere, or another client, gets nothing that a browser lets it read', async () => {
  const ask = async (origin: string, client_id: string) => {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'x',
      client_id,
      redirect_uri: REDIRECT,
    })
    const headers = {
      origin,
      ...(client_id === 'fakebook-webapp' && {
        authorization: `Basic ${btoa('fakebook-webapp:fakebook-webapp-secret')}`,
      }),
    }
    const answer = await fetch(`${service.issuerUrl}/v1/token`, { method: 'POST', headers, body })
    return { allowed: answer.headers.get('access-control-allow-origin'), json: await answer.json() }
  }
  const refused = {
    allowed: null,
    json: {
      error: 'invalid_request',
      error_description:
        'Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.',
    },
  }
  expect(await ask('https://evil.example', 'fakebook-ide')).toEqual(refused)
  expect(await ask(ORIGIN(), 'fakebook-webapp')).toEqual(refused)
  expect(await ask(ORIGIN(), 'fakebook-ide')).toMatchObject({
    allowed: ORIGIN(),
    json: { error: 'invalid_grant' },
  })
})
