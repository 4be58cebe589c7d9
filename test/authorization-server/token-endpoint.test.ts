import { readdirSync, statSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { startTestAuthorizationServer } from '../support/authorization-server/start-test-authorization-server.ts'
import { createTemporaryFolder } from '../support/cli-process.ts'
import { ADMIN_SCOPE, READ_SCOPE } from '../support/service.ts'

let issuer: Awaited<ReturnType<typeof startTestAuthorizationServer>>
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` })
const CRON = basic('fakebook-cron', 'fakebook-cron-secret')

async function ask(url: string, body: string, headers: Record<string, string> = CRON) {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await fetch(`${url}/v1/token`, { method: 'POST', headers: { ...type, ...headers }, body })
  return { status: response.status, json: (await response.json()) as Record<string, string> }
}

const GRANT = 'grant_type=client_credentials'

/** What Okta says to a client that asks wrongly (Okta's error code reference). Permanent numbers. */
const REFUSED: readonly (readonly [
  string,
  string,
  string,
  Record<string, string>,
  number,
  string,
  string,
])[] = [
  [
    'O01',
    'openid',
    `${GRANT}&scope=openid`,
    CRON,
    400,
    'invalid_scope',
    "Cannot request 'openid' scopes using client credentials.",
  ],
  [
    'O02',
    'an unknown scope',
    `${GRANT}&scope=fakebookapi.write`,
    CRON,
    400,
    'invalid_scope',
    'One or more scopes are not configured for the authorization server resource.',
  ],
  [
    'O03',
    'no scope',
    GRANT,
    CRON,
    400,
    'invalid_scope',
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
  ],
  [
    'O04',
    'a wrong secret',
    `${GRANT}&scope=${READ_SCOPE}`,
    basic('fakebook-cron', 'wrong'),
    401,
    'invalid_client',
    'The client secret supplied for a confidential client is invalid.',
  ],
  [
    'O05',
    'a wrong secret in the body',
    `${GRANT}&scope=${READ_SCOPE}&client_id=fakebook-cron&client_secret=wrong`,
    {},
    401,
    'invalid_client',
    'The client secret supplied for a confidential client is invalid.',
  ],
  [
    'O06',
    'an unknown client',
    `${GRANT}&scope=${READ_SCOPE}`,
    basic('nobody', 'x'),
    401,
    'invalid_client',
    "Invalid value for 'client_id' parameter.",
  ],
  [
    'O07',
    'no credentials',
    `${GRANT}&scope=${READ_SCOPE}`,
    {},
    401,
    'invalid_client',
    'No client credentials found.',
  ],
  [
    'O08',
    'credentials twice',
    `${GRANT}&scope=${READ_SCOPE}&client_id=fakebook-cron&client_secret=fakebook-cron-secret`,
    CRON,
    401,
    'invalid_request',
    'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
  ],
]
test.each(REFUSED)('%s %s', async (_, __, body, headers, status, error, error_description) => {
  expect(await ask(issuer.url, body, headers)).toEqual({ status, json: { error, error_description } })
})

test('O09 a grant that the client may not use, and a parameter twice', async () => {
  const webapp = basic('fakebook-webapp', 'fakebook-webapp-secret')
  const wrong = await ask(issuer.url, `${GRANT}&scope=${READ_SCOPE}`, webapp)
  expect([wrong.status, wrong.json.error]).toEqual([400, 'unauthorized_client'])
  const twice = await ask(issuer.url, `${GRANT}&scope=${READ_SCOPE}&scope=${ADMIN_SCOPE}`)
  expect([twice.status, twice.json.error]).toEqual([400, 'invalid_request'])
})

test('an access token has Okta’s header and claims, to the letter', async () => {
  const { status, json } = await ask(issuer.url, `${GRANT}&scope=${READ_SCOPE}+${ADMIN_SCOPE}`)
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

test('both discovery documents, and RFC 8414’s place, say the same and keep the API’s scopes to themselves', async () => {
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

test('signing keys outlive a restart, are nobody else’s to read, and are published without their secret', async () => {
  const dataFolder = createTemporaryFolder()
  const first = await startTestAuthorizationServer(dataFolder)
  const { json } = await ask(first.url, `${GRANT}&scope=${READ_SCOPE}`)
  await first.close()
  const second = await startTestAuthorizationServer(dataFolder)
  const keys = (await (await fetch(`${second.url}/v1/keys`)).json()) as JSONWebKeySet
  await compactVerify(json.access_token ?? '', createLocalJWKSet(keys))
  expect(keys.keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']])
  for (const file of readdirSync(dataFolder)) expect(statSync(join(dataFolder, file)).mode & 0o077).toBe(0)
  await second.close()
})

test('it listens on loopback alone', async () => {
  const port = new URL(issuer.url).port
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((one) => !one.internal && one.family === 'IPv4')
  for (const { address } of others) await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow()
  expect((await fetch(`http://127.0.0.1:${port}/oauth2/default/v1/keys`)).status).toBe(200)
})
