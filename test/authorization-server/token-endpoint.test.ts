import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { ExitError } from '../../src/errors/exit-error.ts'
import { basicCredentials } from '../support/authorization-server/oauth-client.ts'
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../support/authorization-server/start-test-authorization-server.ts'
import { ADMIN_SCOPE, READ_SCOPE } from '../support/service.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

let issuer: TestAuthorizationServer
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

const JOB_CREDENTIALS = basicCredentials('fakebook-cron')

async function requestToken(
  issuerUrl: string,
  body: string,
  headers: Record<string, string> = JOB_CREDENTIALS,
) {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await fetch(`${issuerUrl}/v1/token`, {
    method: 'POST',
    headers: { ...type, ...headers },
    body,
  })
  return { status: response.status, json: (await response.json()) as Record<string, string> }
}

const GRANT_TYPE = 'grant_type=client_credentials'

type TokenErrorCase = {
  readonly id: string
  readonly title: string
  readonly body: string
  readonly headers: Record<string, string>
  readonly status: number
  readonly error: string
  readonly description: string
}

/** Invalid token requests with Okta's responses (Okta's OAuth error reference). */
const INVALID_REQUESTS: readonly TokenErrorCase[] = [
  {
    id: 'authorization-server/O01',
    title: 'openid',
    body: `${GRANT_TYPE}&scope=openid`,
    headers: JOB_CREDENTIALS,
    status: 400,
    error: 'invalid_scope',
    description: "Cannot request 'openid' scopes using client credentials.",
  },
  {
    id: 'authorization-server/O02',
    title: 'an unknown scope',
    body: `${GRANT_TYPE}&scope=fakebookapi.write`,
    headers: JOB_CREDENTIALS,
    status: 400,
    error: 'invalid_scope',
    description: 'One or more scopes are not configured for the authorization server resource.',
  },
  {
    id: 'authorization-server/O03',
    title: 'no scope',
    body: GRANT_TYPE,
    headers: JOB_CREDENTIALS,
    status: 400,
    error: 'invalid_scope',
    description:
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
  },
  {
    id: 'authorization-server/O04',
    title: 'a wrong secret',
    body: `${GRANT_TYPE}&scope=${READ_SCOPE}`,
    headers: basicCredentials('fakebook-cron', 'wrong'),
    status: 401,
    error: 'invalid_client',
    description: 'The client secret supplied for a confidential client is invalid.',
  },
  {
    id: 'authorization-server/O05',
    title: 'a wrong secret in the body',
    body: `${GRANT_TYPE}&scope=${READ_SCOPE}&client_id=fakebook-cron&client_secret=wrong`,
    headers: {},
    status: 401,
    error: 'invalid_client',
    description: 'The client secret supplied for a confidential client is invalid.',
  },
  {
    id: 'authorization-server/O06',
    title: 'an unknown client',
    body: `${GRANT_TYPE}&scope=${READ_SCOPE}`,
    headers: basicCredentials('unknown', 'x'),
    status: 401,
    error: 'invalid_client',
    description: "Invalid value for 'client_id' parameter.",
  },
  {
    id: 'authorization-server/O07',
    title: 'no credentials',
    body: `${GRANT_TYPE}&scope=${READ_SCOPE}`,
    headers: {},
    status: 401,
    error: 'invalid_client',
    description: 'No client credentials found.',
  },
  {
    id: 'authorization-server/O08',
    title: 'credentials in header and body',
    body: `${GRANT_TYPE}&scope=${READ_SCOPE}&client_id=fakebook-cron&client_secret=fakebook-cron-secret`,
    headers: JOB_CREDENTIALS,
    status: 401,
    error: 'invalid_request',
    description:
      'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
  },
]
test.each(INVALID_REQUESTS)('$id rejects $title', async ({ body, headers, status, error, description }) => {
  expect(await requestToken(issuer.url, body, headers)).toEqual({
    status,
    json: { error, error_description: description },
  })
})

test('authorization-server/O09 rejects a grant type that the client may not use, and a repeated parameter', async () => {
  const webapp = basicCredentials('fakebook-webapp')
  const unauthorized = await requestToken(issuer.url, `${GRANT_TYPE}&scope=${READ_SCOPE}`, webapp)
  expect([unauthorized.status, unauthorized.json.error]).toEqual([400, 'unauthorized_client'])
  const repeated = await requestToken(issuer.url, `${GRANT_TYPE}&scope=${READ_SCOPE}&scope=${ADMIN_SCOPE}`)
  expect([repeated.status, repeated.json.error]).toEqual([400, 'invalid_request'])
})

test('issues access tokens with exactly Okta’s header and claims', async () => {
  const { status, json } = await requestToken(issuer.url, `${GRANT_TYPE}&scope=${READ_SCOPE}+${ADMIN_SCOPE}`)
  expect([status, json]).toEqual([
    200,
    {
      access_token: expect.any(String),
      expires_in: 3600,
      scope: `${READ_SCOPE} ${ADMIN_SCOPE}`,
      token_type: 'Bearer',
    },
  ])
  const { access_token = '' } = json
  const header = decodeProtectedHeader(access_token)
  expect(header).toEqual({ alg: 'RS256', kid: expect.any(String) })
  const claims = decodeJwt(access_token)
  expect(claims).toEqual({
    ver: 1,
    jti: expect.stringMatching(/^AT\./),
    iss: issuer.url,
    aud: 'api://default',
    iat: expect.any(Number),
    exp: Number(claims.iat) + 3600,
    cid: 'fakebook-cron',
    scp: [READ_SCOPE, ADMIN_SCOPE],
    sub: 'fakebook-cron',
  })
})

test('publishes the same metadata at all three well-known URLs, without the API’s scopes', async () => {
  const origin = new URL(issuer.url).origin
  const documents = await Promise.all(
    [
      `${issuer.url}/.well-known/openid-configuration`,
      `${issuer.url}/.well-known/oauth-authorization-server`,
      `${origin}/.well-known/oauth-authorization-server/oauth2/default`,
    ].map(async (url) => (await fetch(url)).json() as Promise<Record<string, unknown>>),
  )
  for (const document of documents)
    expect(document).toMatchObject({
      issuer: issuer.url,
      authorization_endpoint: `${issuer.url}/v1/authorize`,
      token_endpoint: `${issuer.url}/v1/token`,
      jwks_uri: `${issuer.url}/v1/keys`,
      introspection_endpoint: `${issuer.url}/v1/introspect`,
      revocation_endpoint: `${issuer.url}/v1/revoke`,
      end_session_endpoint: `${issuer.url}/v1/logout`,
      code_challenge_methods_supported: ['S256'],
    })
  expect(documents.flatMap((document) => document.scopes_supported)).not.toContain(READ_SCOPE)
})

test('keeps its signing keys across restarts, readable by their owner only, and publishes their public parts', async () => {
  const dataFolder = createTemporaryFolder()
  const first = await startTestAuthorizationServer({ dataFolder })
  const { json } = await requestToken(first.url, `${GRANT_TYPE}&scope=${READ_SCOPE}`)
  await first.close()
  const second = await startTestAuthorizationServer({ dataFolder })
  const keys = (await (await fetch(`${second.url}/v1/keys`)).json()) as JSONWebKeySet
  await compactVerify(json.access_token ?? '', createLocalJWKSet(keys))
  expect(keys.keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']])
  for (const file of readdirSync(dataFolder)) expect(statSync(join(dataFolder, file)).mode & 0o077).toBe(0)
  await second.close()
})

test('does not start with damaged signing keys, and says how to replace them without printing them', async () => {
  const dataFolder = createTemporaryFolder()
  const file = join(dataFolder, 'issuer-keys.json')
  writeFileSync(file, '{"signing":[{"d":"private-exponent')
  const message = `${file} is not valid JSON. Delete it to create new keys: existing tokens then become invalid.`
  await expect(startTestAuthorizationServer({ dataFolder })).rejects.toEqual(new ExitError(message))
})

test('listens on loopback only', async () => {
  const port = new URL(issuer.url).port
  const externalAddresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((address) => !address.internal && address.family === 'IPv4')
  for (const { address } of externalAddresses)
    await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow()
  expect((await fetch(`http://127.0.0.1:${port}/oauth2/default/v1/keys`)).status).toBe(200)
})
