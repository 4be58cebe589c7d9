// A client that knows only the API's URL discovers the rest from challenges (RFC 9728, RFC 8414, RFC 6750 §3.1).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as client from 'openid-client'
import { createIssuerClient } from '../support/authorization-server/issuer-client.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

const REDIRECT = 'http://localhost:7001/callback'

let service: Service
beforeAll(async () => {
  service = await startService({ WEBAPP_REDIRECT_URI: REDIRECT })
})
afterAll(() => service.close())

const QUERY = JSON.stringify({ query: '{ book(id: 1) { title addedBy } }' })
const ANSWER = { data: { book: { title: 'And Then There Were None', addedBy: 'fakebook' } } }

/** Discovers the authorization server from the challenge to a request without a token. */
async function discoverServer(id: string): Promise<client.Configuration> {
  const refused = await sendRequest(`${service.apiUrl}/graphql`, {
    method: 'POST',
    body: QUERY,
    headers: { 'content-type': 'application/json' },
  })
  const metadata =
    /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? ''
  const { resource, authorization_servers } = JSON.parse((await sendRequest(metadata)).text)
  expect(resource).toBe(service.apiUrl)
  return client.discovery(
    new URL(authorization_servers[0]),
    id,
    undefined,
    client.ClientSecretBasic(`${id}-secret`),
    { execute: [client.allowInsecureRequests] },
  )
}

async function sendQuery(server: client.Configuration, token: string, proofs: client.DPoPOptions = {}) {
  const headers = new Headers({ 'content-type': 'application/json' })
  const url = new URL(`${service.apiUrl}/graphql`)
  return client.fetchProtectedResource(server, token, url, 'POST', QUERY, headers, proofs)
}

/** Returns the challenge as the client library parses it. */
async function getChallenge(answer: Promise<Response>) {
  const error: unknown = await answer.catch((thrown) => thrown)
  if (!(error instanceof client.WWWAuthenticateChallengeError)) throw new Error('expected a challenge')
  const { scheme, parameters } = error.cause[0] ?? { scheme: '', parameters: {} }
  return { scheme, error: parameters.error, scope: parameters.scope ?? '', status: error.response.status }
}

describe.each(['bearer', 'dpop'])('step-up by %s', (scheme) => {
  test('a job requests the scopes of the challenge and succeeds', async () => {
    const server = await discoverServer('fakebook-cron')
    const pair = await client.randomDPoPKeyPair()
    const proofs = scheme === 'dpop' ? { DPoP: client.getDPoPHandle(server, pair) } : {}
    const first = await client.clientCredentialsGrant(server, { scope: READ_SCOPE }, proofs)
    expect(first.token_type).toBe(scheme)
    const challenge = await getChallenge(sendQuery(server, first.access_token, proofs))
    expect(challenge).toEqual({
      scheme,
      error: 'insufficient_scope',
      scope: `${READ_SCOPE} ${ADMIN_SCOPE}`,
      status: 403,
    })
    const { access_token } = await client.clientCredentialsGrant(server, { scope: challenge.scope }, proofs)
    expect(await (await sendQuery(server, access_token, proofs)).json()).toEqual(ANSWER)
  })

  test('a user is redirected to the authorization server again, without a password prompt', async () => {
    const server = await discoverServer('fakebook-webapp')
    const pair = await client.randomDPoPKeyPair()
    const proofs = scheme === 'dpop' ? { DPoP: client.getDPoPHandle(server, pair) } : {}
    const visit = createIssuerClient(service.issuerUrl)
    async function tokenFor(scope: string, needsPassword: boolean): Promise<string> {
      const pkceCodeVerifier = client.randomPKCECodeVerifier()
      const expectedState = client.randomState()
      const url = client.buildAuthorizationUrl(server, {
        redirect_uri: REDIRECT,
        scope: `openid ${scope}`,
        state: expectedState,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      })
      let callback = (await visit(url.href)).url
      expect(callback.startsWith(REDIRECT)).toBe(!needsPassword)
      const login = { login: 'agatha@example.com', password: 'roger-ackroyd' }
      if (needsPassword)
        callback = (await visit(callback, { method: 'POST', body: new URLSearchParams(login) })).url
      const checks = { pkceCodeVerifier, expectedState }
      const grant = await client.authorizationCodeGrant(server, new URL(callback), checks, undefined, proofs)
      return grant.access_token
    }
    const challenge = await getChallenge(sendQuery(server, await tokenFor(READ_SCOPE, true), proofs))
    expect(challenge).toMatchObject({ scheme, error: 'insufficient_scope' })
    const token = await tokenFor(challenge.scope, false)
    expect(await (await sendQuery(server, token, proofs)).json()).toEqual(ANSWER)
  })
})
