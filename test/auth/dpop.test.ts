import { generateKeyPairSync, sign } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { DPOP_SIGNING_ALGORITHMS } from '../../src/auth/dpop-proof.ts'
import {
  CREDENTIAL_ERROR_DESCRIPTIONS,
  type CredentialErrorReason,
} from '../../src/errors/credential-errors.ts'
import { INVALID_PROOFS, VALID_PROOFS } from '../cases/auth/dpop-proofs.ts'
import { encodeSegment } from '../cases/auth/token-case.ts'
import { createDpopClient, type DpopClient } from '../support/dpop-client.ts'
import { type Service, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

let issuer: StubIssuer
let service: Service
let client: DpopClient
let token: string
beforeAll(async () => {
  issuer = await startStubIssuer()
  service = await startService({}, { issuerUrl: issuer.url })
  client = await createDpopClient()
  token = await signBoundToken(client.jkt)
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

const QUERY = '{ book(id: 1) { title } }'
const signBoundToken = (jkt: string, claims: object = {}) => issuer.signToken({ cnf: { jkt }, ...claims })
const graphqlUrl = () => `${service.apiUrl}/graphql`

async function send(authorization: string, proof?: string, query = QUERY) {
  const { status, headers, json } = await sendRequest(graphqlUrl(), {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: {
      'content-type': 'application/json',
      authorization,
      ...(proof !== undefined && { dpop: proof }),
    },
  })
  return { status, headers, json, challenge: headers.get('www-authenticate') }
}

const createChallenge = (scheme: 'Bearer' | 'DPoP', error: string, reason: CredentialErrorReason) =>
  `${scheme} error="${error}", error_description="${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}"` +
  (scheme === 'DPoP' ? `, algs="${DPOP_SIGNING_ALGORITHMS.join(' ')}"` : '') +
  `, resource_metadata="${service.apiUrl}/.well-known/oauth-protected-resource"`

test.each(INVALID_PROOFS)(
  '$id rejects a proof ($reason): $title',
  async ({ error = 'invalid_dpop_proof', reason, createProof }) => {
    const proof = await createProof(client, { url: graphqlUrl(), token })
    const { status, headers, json, challenge } = await send(`DPoP ${token}`, proof)
    expect([status, challenge]).toEqual([401, createChallenge('DPoP', error, reason)])
    expect(json).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
    })
    expect(headers.get('dpop-nonce') !== null).toBe(error === 'use_dpop_nonce')
  },
)

test.each(VALID_PROOFS)(
  '$id accepts $title once and then rejects it as a replay',
  async ({ createProof }) => {
    const proof = await createProof(client, { url: graphqlUrl(), token })
    expect((await send(`DPoP ${token}`, proof)).json.data).toEqual({
      book: { title: 'And Then There Were None' },
    })
    const { status, challenge } = await send(`dpop ${token}`, proof)
    expect([status, challenge]).toEqual([
      401,
      createChallenge('DPoP', 'invalid_dpop_proof', 'proof_replayed'),
    ])
  },
)

test.each(DPOP_SIGNING_ALGORITHMS)('accepts a proof signed with %s', async (alg) => {
  const algClient = await createDpopClient(alg)
  const boundToken = await signBoundToken(algClient.jkt)
  const proof = await algClient.createProof({ url: graphqlUrl(), token: boundToken })
  expect((await send(`DPoP ${boundToken}`, proof)).status).toBe(200)
})

test('accepts a proof for a request target in absolute form', async () => {
  const socket = connect(Number(new URL(service.apiUrl).port), '127.0.0.1')
  const proof = await client.createProof({ url: `${service.apiUrl}/books/1`, token, method: 'GET' })
  const head = `GET http://other.example/books/1 HTTP/1.1\r\nHost: other.example\r\nConnection: close`
  socket.write(`${head}\r\nAuthorization: DPoP ${token}\r\nDPoP: ${proof}\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
})

test('auth/T25ca rejects a request without a proof, and auth/T25cb one with two', async () => {
  const challenge = createChallenge('DPoP', 'invalid_dpop_proof', 'proof_count')
  expect(await send(`DPoP ${token}`)).toMatchObject({ status: 401, challenge })
  const proofs = [
    await client.createProof({ url: graphqlUrl(), token }),
    await client.createProof({ url: graphqlUrl(), token }),
  ]
  // `fetch` would join the two headers into one.
  const replyToTwo = await new Promise<unknown>((resolve) =>
    request(
      `${service.apiUrl}/books/1`,
      { headers: { authorization: `DPoP ${token}`, dpop: proofs } },
      (response) => {
        response.resume()
        resolve([response.statusCode, response.headers['www-authenticate']])
      },
    ).end(),
  )
  expect(replyToTwo).toEqual([401, challenge])
})

test('auth/T25cf rejects a proof with an RSA key of 1024 bits', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const jwk = publicKey.export({ format: 'jwk' }) as JWK
  const boundToken = await signBoundToken(await calculateJwkThumbprint(jwk))
  const [, payload] = (await client.createProof({ url: graphqlUrl(), token: boundToken })).split('.')
  const signingInput = `${encodeSegment({ alg: 'RS256', typ: 'dpop+jwt', jwk })}.${payload}`
  const signature = sign('RSA-SHA256', Buffer.from(signingInput), privateKey).toString('base64url')
  const { status, challenge } = await send(`DPoP ${boundToken}`, `${signingInput}.${signature}`)
  expect([status, challenge]).toEqual([401, createChallenge('DPoP', 'invalid_dpop_proof', 'proof_key')])
})

test('auth/T25cg rejects a proof whose key is not a point on its curve', async () => {
  const jwk = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }
  const boundToken = await signBoundToken(await calculateJwkThumbprint(jwk))
  const proof = await client.createProof({ url: graphqlUrl(), token: boundToken, header: { jwk } })
  const { status, challenge } = await send(`DPoP ${boundToken}`, proof)
  expect([status, challenge]).toEqual([401, createChallenge('DPoP', 'invalid_dpop_proof', 'proof_key')])
})

type MismatchCase = {
  readonly id: string
  readonly title: string
  readonly scheme: 'Bearer' | 'DPoP'
  readonly claims: object
  readonly reason: CredentialErrorReason
}

/** Tokens that do not fit their scheme, or are invalid under the DPoP scheme. */
const MISMATCHES: readonly MismatchCase[] = [
  {
    id: 'auth/T24g',
    title: 'a bound token sent as Bearer with its proof',
    scheme: 'Bearer',
    claims: {},
    reason: 'bound',
  },
  {
    id: 'auth/T25cc',
    title: 'an unbound token with a proof',
    scheme: 'DPoP',
    claims: { cnf: undefined },
    reason: 'not_bound',
  },
  { id: 'auth/T25cd', title: 'an expired token', scheme: 'DPoP', claims: { exp: 1 }, reason: 'expired' },
  {
    id: 'auth/T25ce',
    title: 'a token for another audience',
    scheme: 'DPoP',
    claims: { aud: 'api://other' },
    reason: 'audience',
  },
]
test.each(MISMATCHES)('$id rejects $title ($reason)', async ({ scheme, claims, reason }) => {
  const boundToken = await signBoundToken(client.jkt, claims)
  const proof = await client.createProof({ url: graphqlUrl(), token: boundToken })
  const { status, challenge } = await send(`${scheme} ${boundToken}`, proof)
  expect([status, challenge]).toEqual([401, createChallenge(scheme, 'invalid_token', reason)])
})

test('auth/T36e requires a proof again for a bound token in the cache', async () => {
  const proof = await client.createProof({ url: graphqlUrl(), token })
  expect((await send(`DPoP ${token}`, proof)).status).toBe(200)
  expect((await send(`Bearer ${token}`)).status).toBe(401)
  expect((await send(`DPoP ${token}`)).status).toBe(401)
})

test('auth/T26a sends the challenge for missing scopes under the scheme of the request', async () => {
  const proof = await client.createProof({ url: graphqlUrl(), token })
  const { status, challenge } = await send(`DPoP ${token}`, proof, '{ book(id: 1) { addedBy } }')
  expect([status, challenge]).toEqual([
    403,
    expect.stringMatching(
      /^DPoP error="insufficient_scope", .*scope="fakebookapi.read fakebookapi.admin", algs="/,
    ),
  ])
})

test('compares htu with the public URL behind a proxy, whatever the Host header is', async () => {
  const proxied = await startService(
    { API_URL: 'https://books.example.com/fakebook' },
    { issuerUrl: issuer.url },
  )
  const getStatus = async (htu: string) => {
    const dpop = await client.createProof({ url: htu, token, method: 'GET' })
    const headers = { authorization: `DPoP ${token}`, dpop, 'x-forwarded-host': 'evil.example' }
    return (await sendRequest(`${proxied.apiUrl}/books/1`, { headers })).status
  }
  expect(await getStatus('https://books.example.com/fakebook/books/1')).toBe(200)
  expect(await getStatus('https://books.example.com:443/fakebook/books/1')).toBe(200)
  expect(await getStatus('https://books.example.com/books/1')).toBe(401)
  expect(await getStatus(`${proxied.apiUrl}/books/1`)).toBe(401)
  expect(await getStatus('https://evil.example/fakebook/books/1')).toBe(401)
  await proxied.close()
})
