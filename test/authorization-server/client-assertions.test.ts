// The rules of a client assertion (RFC 7523 §3, Okta's "Build a JWT for client authentication"), and Okta's errors.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { startServerWithJobKeys } from '../support/authorization-server/start-test-authorization-server.ts'
import { createSigningKey } from '../support/stub-issuer.ts'

const CLIENT = 'fakebook-cron-key'
const key = await createSigningKey('k1')
let server: Awaited<ReturnType<typeof startServerWithJobKeys>>
beforeAll(async () => {
  server = await startServerWithJobKeys([{ ...key.jwk, kty: 'RSA' }], ['fakebookapi.read'])
})
afterAll(() => server.close())

const seconds = () => Math.floor(Date.now() / 1000)

async function requestToken(claims: object, header: object = {}) {
  const standard = {
    iss: CLIENT,
    sub: CLIENT,
    aud: `${server.url}/v1/token`,
    jti: randomUUID(),
    exp: seconds() + 60,
  }
  const assertion = await new SignJWT({ ...standard, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
    .sign(key.privateKey)
  const response = await fetch(`${server.url}/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'fakebookapi.read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  })
  const { error_description } = (await response.json()) as { error_description?: string }
  return [response.status, error_description]
}

test.each([
  { id: 'okta/A01', title: 'a standard assertion', claims: () => ({}) },
  { id: 'okta/A02', title: 'an assertion for almost an hour', claims: () => ({ exp: seconds() + 3_590 }) },
])('$id accepts $title', async ({ claims }) => {
  expect(await requestToken(claims())).toEqual([200, undefined])
})

test.each([
  {
    id: 'okta/A10',
    title: 'the issuer as audience',
    claims: () => ({ aud: server.url }),
    error: 'The audience claim for client_assertion must be the endpoint invoked for the request.',
  },
  {
    id: 'okta/A11',
    title: 'another server as audience',
    claims: () => ({ aud: 'https://example.okta.com/oauth2/default/v1/token' }),
    error: 'The audience claim for client_assertion must be the endpoint invoked for the request.',
  },
  {
    id: 'okta/A12',
    title: 'an expiry in more than an hour',
    claims: () => ({ exp: seconds() + 3_700 }),
    error: 'The client_assertion token has an expiration too far into the future.',
  },
  {
    id: 'okta/A13',
    title: 'an expired assertion',
    claims: () => ({ exp: seconds() - 60 }),
    error: 'The client_assertion token is expired.',
  },
  {
    id: 'okta/A14',
    title: 'no expiry',
    claims: () => ({ exp: undefined }),
    error: "The client_assertion must contain the 'exp' claim as seconds since epoch.",
  },
  {
    id: 'okta/A15',
    title: 'another issuer',
    claims: () => ({ iss: 'fakebook-cron' }),
    error: 'The issuer claim for client_assertion is not a valid client_id.',
  },
  {
    id: 'okta/A16',
    title: 'another subject',
    claims: () => ({ sub: 'fakebook-corn' }),
    error: "Invalid value for 'client_id' parameter.",
  },
])('$id rejects $title', async ({ claims, error }) => {
  expect(await requestToken(claims())).toEqual([401, error])
})

test('okta/A17 rejects an assertion that was used before', async () => {
  const jti = randomUUID()
  expect(await requestToken({ jti })).toEqual([200, undefined])
  expect(await requestToken({ jti })).toEqual([401, 'The client_assertion token has already been used.'])
})

test('okta/A18 rejects a kid that is not registered', async () => {
  expect(await requestToken({}, { kid: 'k2' })).toEqual([401, 'The client_assertion JWT kid is invalid.'])
})

test('publishes private_key_jwt, as Okta does', async () => {
  const metadata = await (await fetch(`${server.url}/.well-known/oauth-authorization-server`)).json()
  expect(metadata).toMatchObject({
    token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
  })
})
