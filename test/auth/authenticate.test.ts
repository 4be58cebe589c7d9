import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../../src/errors/credential-errors.ts'
import { INVALID_CLAIMS } from '../cases/auth/invalid-claims.ts'
import { INVALID_CREDENTIALS } from '../cases/auth/invalid-credentials.ts'
import type { ValidTokenCase } from '../cases/auth/token-case.ts'
import { INVALID_TOKENS, VALID_TOKENS } from '../cases/auth/tokens.ts'
import { READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTestClock } from '../support/test-clock.ts'

let issuer: StubIssuer
let service: Service
const QUERY = '{ book(id: 1) { title } }'
const metadata = () => `resource_metadata="${service.apiUrl}/.well-known/oauth-protected-resource"`

beforeAll(async () => {
  issuer = await startStubIssuer()
  // The clock stands still, so that only requests cause fetches of the key set.
  service = await startService({}, { issuerUrl: issuer.url, clock: createTestClock() })
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

/** Sends the same credentials to GraphQL and to REST, which must answer alike. */
const sendToBothRoutes = async (headers: Record<string, string>, search = '') => [
  await sendRequest(`${service.apiUrl}/graphql${search}`, {
    method: 'POST',
    body: JSON.stringify({ query: QUERY }),
    headers: { 'content-type': 'application/json', ...headers },
  }),
  await sendRequest(`${service.apiUrl}/books/1${search}`, { headers }),
]

/** The token that the invalid ones are variations of. */
const STANDARD_TOKEN: ValidTokenCase = {
  id: 'auth/T00',
  title: 'a standard token',
  createToken: (by) => by.signToken(),
}

test.each([STANDARD_TOKEN, ...VALID_TOKENS])('$id accepts $title', async ({ createToken }) => {
  const reply = await service.graphql(QUERY, await createToken(issuer))
  expect([reply.status, reply.json]).toEqual([200, { data: { book: { title: 'And Then There Were None' } } }])
})

test.each([...INVALID_TOKENS, ...INVALID_CLAIMS])(
  '$id rejects a token ($reason): $title',
  async ({ reason, createToken }) => {
    const before = { ...issuer.state }
    const authorization = `Bearer ${await createToken(issuer)}`
    for (const { status, headers, json } of await sendToBothRoutes({ authorization })) {
      expect(status).toBe(401)
      expect(headers.get('www-authenticate')).toBe(
        `Bearer error="invalid_token", error_description="${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}", ${metadata()}`,
      )
      expect(json).toEqual({
        errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
      })
    }
    expect(issuer.state.otherRequests).toBe(before.otherRequests)
    if (reason !== 'unknown_kid') expect(issuer.state.jwksRequests).toBe(before.jwksRequests)
  },
)

test.each(INVALID_CREDENTIALS)(
  '$id answers $status $code to $title',
  async ({ authorization, search, status, error, code }) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    for (const reply of await sendToBothRoutes(headers, search)) {
      expect([reply.status, reply.json.errors?.map(({ extensions }) => extensions.code)]).toEqual([
        status,
        [code],
      ])
      const challenge = reply.headers.get('www-authenticate')
      if (error === undefined) expect(challenge).toBe(`Bearer scope="${READ_SCOPE}", ${metadata()}`)
      else
        expect(challenge).toMatch(
          new RegExp(`^(Bearer|DPoP) error="${error}", error_description="[^"]+",.* ${metadata()}$`),
        )
    }
  },
)

test('auth/T05d rejects a token in a form, and auth/T31d any other form', async () => {
  const sendForm = (fields: Record<string, string>) =>
    sendRequest(`${service.apiUrl}/graphql`, { method: 'POST', body: new URLSearchParams(fields) })
  const reply = await sendForm({ query: QUERY, access_token: await issuer.signToken() })
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
    400,
    `Bearer error="invalid_request", error_description="${CREDENTIAL_ERROR_DESCRIPTIONS.form}", ${metadata()}`,
  ])
  expect((await sendForm({ query: QUERY })).status).toBe(415)
})

test('auth/T22e grants no scopes to a token without scp', async () => {
  const reply = await service.graphql(QUERY, await issuer.signToken({ scp: undefined }))
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringContaining('error="insufficient_scope"'),
  ])
})

test('rejects an invalid token even if the operation requires none', async () => {
  expect((await service.graphql('{ __typename }', 'abc')).status).toBe(401)
  expect((await service.graphql('{ __typename }')).status).toBe(200)
})

test('auth/T36f rejects a token with another audience that a second service has cached', async () => {
  const token = await issuer.signToken()
  expect((await service.graphql(QUERY, token)).status).toBe(200)
  const other = await startService({ OKTA_AUDIENCE: 'api://other' }, { issuerUrl: issuer.url })
  expect((await other.graphql(QUERY, token)).status).toBe(401)
  expect((await other.graphql(QUERY, await issuer.signToken({ aud: 'api://other' }))).status).toBe(200)
  await other.close()
})
