import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../../src/errors/credential-errors.ts'
import { INVALID_CLAIMS } from '../cases/auth/invalid-claims.ts'
import { INVALID_CREDENTIALS } from '../cases/auth/invalid-credentials.ts'
import { INVALID_TOKENS, VALID_TOKENS } from '../cases/auth/tokens.ts'
import { type Service, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTestClock } from '../support/test-clock.ts'

const CASES = Number(process.env.CASES ?? 10_000)

let issuer: StubIssuer
let service: Service
const QUERY = '{ book(id: 1) { title } }'
const metadata = () => `resource_metadata="${service.apiUrl}/.well-known/oauth-protected-resource"`

beforeAll(async () => {
  issuer = await startStubIssuer()
  // Time stands still: what may cause a fetch has none to wait for.
  service = await startService({}, issuer.url, createTestClock())
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

/** GraphQL's door and REST's: the same answers. */
const doors = (init: { headers?: Record<string, string> }, search = '') => [
  () =>
    sendRequest(`${service.apiUrl}/graphql${search}`, {
      method: 'POST',
      body: JSON.stringify({ query: QUERY }),
      headers: { 'content-type': 'application/json', ...init.headers },
    }),
  () => sendRequest(`${service.apiUrl}/books/1${search}`, init),
]

test.each([
  ['the good token that all bad ones are changes of', '', (by: StubIssuer) => by.signToken()],
  ...VALID_TOKENS,
])('%s %s is good', async (_, __, make) => {
  const reply = await service.graphql(QUERY, await make(issuer))
  expect([reply.status, reply.json]).toEqual([200, { data: { book: { title: 'And Then There Were None' } } }])
})

test.each([...INVALID_TOKENS, ...INVALID_CLAIMS])('%s %s is refused: %s', async (_, __, reason, make) => {
  const before = { ...issuer.state }
  const authorization = `Bearer ${await make(issuer)}`
  for (const ask of doors({ headers: { authorization } })) {
    const { status, headers, json } = await ask()
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
})

test.each(INVALID_CREDENTIALS)(
  '%s %s: %s%s is %d %s',
  async (_, __, authorization, search, status, error, code) => {
    for (const ask of doors(authorization === undefined ? {} : { headers: { authorization } }, search)) {
      const reply = await ask()
      expect([reply.status, reply.json.errors?.map(({ extensions }) => extensions.code)]).toEqual([
        status,
        [code],
      ])
      const challenge = reply.headers.get('www-authenticate')
      if (error === undefined) expect(challenge).toBe(`Bearer ${metadata()}`)
      else
        expect(challenge).toMatch(
          new RegExp(`^(Bearer|DPoP) error="${error}", error_description="[^"]+",.* ${metadata()}$`),
        )
    }
  },
)

test('T05d a token in a form is refused, and T31d a form is none of ours', async () => {
  const form = (fields: Record<string, string>) =>
    sendRequest(`${service.apiUrl}/graphql`, { method: 'POST', body: new URLSearchParams(fields) })
  const reply = await form({ query: QUERY, access_token: await issuer.signToken() })
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
    400,
    `Bearer error="invalid_request", error_description="${CREDENTIAL_ERROR_DESCRIPTIONS.form}", ${metadata()}`,
  ])
  expect((await form({ query: QUERY })).status).toBe(415)
})

test('T22e without scp a token holds no scopes', async () => {
  const reply = await service.graphql(QUERY, await issuer.signToken({ scp: undefined }))
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringContaining('error="insufficient_scope"'),
  ])
})

test('a bad token is refused even where nobody would pass', async () => {
  expect((await service.graphql('{ __typename }', 'abc')).status).toBe(401)
  expect((await service.graphql('{ __typename }')).status).toBe(200)
})

test('T36f a token that one copy remembers is refused by a copy for another audience', async () => {
  const token = await issuer.signToken()
  expect((await service.graphql(QUERY, token)).status).toBe(200)
  const other = await startService({ OKTA_AUDIENCE: 'api://other' }, issuer.url)
  expect((await other.graphql(QUERY, token)).status).toBe(401)
  expect((await other.graphql(QUERY, await issuer.signToken({ aud: 'api://other' }))).status).toBe(200)
  await other.close()
})

test(`T17b ${CASES} tokens with kids that nobody has cause one fetch at most`, async () => {
  const before = issuer.state.jwksRequests
  const [, payload, signature] = (await issuer.signToken()).split('.')
  const statuses = new Map<number, number>()
  let next = 0
  const ask = async () => {
    while (next < CASES) {
      const header = Buffer.from(`{"alg":"RS256","kid":"u${next++}"}`).toString('base64url')
      const { status } = await service.graphql(QUERY, `${header}.${payload}.${signature}`)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: 32 }, ask))
  expect([...statuses]).toEqual([[401, CASES]])
  expect(issuer.state.jwksRequests - before).toBeLessThanOrEqual(1)
}, 120_000)
