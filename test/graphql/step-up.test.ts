// A client that knows the API's address alone finds all else from its challenges: RFC 9728, RFC 8414, RFC 6750 §3.1.
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

/** From the challenge of a request without a token to the authorization server. */
async function discovered(id: string): Promise<client.Configuration> {
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

async function ask(server: client.Configuration, token: string, proofs: client.DPoPOptions = {}) {
  const headers = new Headers({ 'content-type': 'application/json' })
  const url = new URL(`${service.apiUrl}/graphql`)
  return client.fetchProtectedResource(server, token, url, 'POST', QUERY, headers, proofs)
}

/** What is lacking, as the client's library reads the challenge. */
async function challenged(answer: Promise<Response>) {
  const error: unknown = await answer.catch((thrown) => thrown)
  if (!(error instanceof client.WWWAuthenticateChallengeError)) throw new Error('there was no challenge')
  const { scheme, parameters } = error.cause[0] ?? { scheme: '', parameters: {} }
  return { scheme, error: parameters.error, scope: parameters.scope ?? '', status: error.response.status }
}

describe.each(['bearer', 'dpop'])('step-up by %s', (scheme) => {
  test('a job asks again for what the challenge names, and is let in', async () => {
    const server = await discovered('fakebook-cron')
    const pair = await client.randomDPoPKeyPair()
    const proofs = scheme === 'dpop' ? { DPoP: client.getDPoPHandle(server, pair) } : {}
    const first = await client.clientCredentialsGrant(server, { scope: READ_SCOPE }, proofs)
    expect(first.token_type).toBe(scheme)
    const lacking = await challenged(ask(server, first.access_token, proofs))
    expect(lacking).toEqual({
      scheme,
      error: 'insufficient_scope',
      scope: `${READ_SCOPE} ${ADMIN_SCOPE}`,
      status: 403,
    })
    const { access_token } = await client.clientCredentialsGrant(server, { scope: lacking.scope }, proofs)
    expect(await (await ask(server, access_token, proofs)).json()).toEqual(ANSWER)
  })

  test('a person is sent to the authorization server once more, and not asked for the password', async () => {
    const server = await discovered('fakebook-webapp')
    const pair = await client.randomDPoPKeyPair()
    const proofs = scheme === 'dpop' ? { DPoP: client.getDPoPHandle(server, pair) } : {}
    const visit = createIssuerClient(service.issuerUrl)
    async function tokenFor(scope: string, password: boolean): Promise<string> {
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
      expect(callback.startsWith(REDIRECT)).toBe(!password)
      const login = { login: 'agatha@example.com', password: 'roger-ackroyd' }
      if (password)
        callback = (await visit(callback, { method: 'POST', body: new URLSearchParams(login) })).url
      const checks = { pkceCodeVerifier, expectedState }
      const grant = await client.authorizationCodeGrant(server, new URL(callback), checks, undefined, proofs)
      return grant.access_token
    }
    const lacking = await challenged(ask(server, await tokenFor(READ_SCOPE, true), proofs))
    expect(lacking).toMatchObject({ scheme, error: 'insufficient_scope' })
    const token = await tokenFor(lacking.scope, false)
    expect(await (await ask(server, token, proofs)).json()).toEqual(ANSWER)
  })
})
