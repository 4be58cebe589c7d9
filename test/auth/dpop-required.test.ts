import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DPOP_SIGNING_ALGORITHMS } from '../../src/auth/dpop-proof.ts'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../../src/errors/credential-errors.ts'
import { createDpopClient, type DpopClient } from '../support/dpop-client.ts'
import { READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

let issuer: StubIssuer
let service: Service
let client: DpopClient
let boundToken: string
beforeAll(async () => {
  issuer = await startStubIssuer()
  const settings = { DPOP: 'required', INTROSPECTION: 'authenticated' }
  service = await startService(settings, { issuerUrl: issuer.url })
  client = await createDpopClient()
  boundToken = await issuer.signToken({ cnf: { jkt: client.jkt } })
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

type RequestCase = {
  readonly id: string
  readonly title: string
  /** Returns the Authorization header; undefined for an anonymous request. */
  readonly createAuthorization?: () => string | Promise<string>
  readonly hasProof?: boolean
  readonly path?: string
  readonly query?: string
  /** The challenge of a rejection with 401, without its `algs` and `resource_metadata`. */
  readonly challenge?: string
}

const BEARER_REJECTED = `DPoP error="invalid_token", error_description="${CREDENTIAL_ERROR_DESCRIPTIONS.bearer}", `
const MISSING_TOKEN = `DPoP scope="${READ_SCOPE}", `
const createBearer = async () => `Bearer ${await issuer.signToken()}`
const QUERY = '{ book(id: 1) { title } }'

/** Requests with DPOP=required. Ids never change. */
const REQUESTS: readonly RequestCase[] = [
  {
    id: 'auth/T25ea',
    title: 'a token that is not bound to a key',
    createAuthorization: createBearer,
    query: QUERY,
    challenge: BEARER_REJECTED,
  },
  {
    id: 'auth/T25eb',
    title: 'a bound token under Bearer, with its proof',
    createAuthorization: () => `bearer ${boundToken}`,
    hasProof: true,
    query: QUERY,
    challenge: BEARER_REJECTED,
  },
  {
    id: 'auth/T25ec',
    title: 'a bearer token for a field that requires none',
    createAuthorization: createBearer,
    query: '{ __typename }',
    challenge: BEARER_REJECTED,
  },
  {
    id: 'auth/T25ed',
    title: 'a bearer token at the REST API',
    createAuthorization: createBearer,
    path: '/books/1',
    challenge: BEARER_REJECTED,
  },
  { id: 'auth/T25ee', title: 'no token, for a guarded field', query: QUERY, challenge: MISSING_TOKEN },
  { id: 'auth/T25ef', title: 'no token, at the REST API', path: '/books/1', challenge: MISSING_TOKEN },
  {
    id: 'auth/T25eg',
    title: 'no token, for introspection that requires one',
    query: '{ __schema { description } }',
    challenge: 'DPoP ',
  },
  { id: 'auth/T25eh', title: 'no token, for the schema', path: '/schema.graphql', challenge: 'DPoP ' },
  { id: 'auth/T25ei', title: 'no token, for a field that requires none', query: '{ __typename }' },
  {
    id: 'auth/T25ej',
    title: 'a bound token with its proof',
    createAuthorization: () => `DPoP ${boundToken}`,
    hasProof: true,
    query: QUERY,
  },
]
test.each(REQUESTS)('$id answers $title', async (row) => {
  const url = `${service.apiUrl}${row.path ?? '/graphql'}`
  const authorization = await row.createAuthorization?.()
  const reply = await sendRequest(url, {
    ...(row.query !== undefined && { method: 'POST', body: JSON.stringify({ query: row.query }) }),
    headers: {
      'content-type': 'application/json',
      ...(authorization !== undefined && { authorization }),
      ...(row.hasProof && { dpop: await client.createProof({ url, token: boundToken }) }),
    },
  })
  const algorithms = `algs="${DPOP_SIGNING_ALGORITHMS.join(' ')}"`
  const metadata = `resource_metadata="${service.apiUrl}/.well-known/oauth-protected-resource"`
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual(
    row.challenge === undefined ? [200, null] : [401, `${row.challenge}${algorithms}, ${metadata}`],
  )
})

test('auth/T25ek announces in the metadata that tokens must be bound', async () => {
  const { text } = await sendRequest(`${service.apiUrl}/.well-known/oauth-protected-resource`)
  expect(JSON.parse(text)).toMatchObject({ dpop_bound_access_tokens_required: true })
})
