import { generateKeyPairSync, sign } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { DPOP_SIGNING_ALGORITHMS } from '../../src/auth/dpop-proof.ts'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../../src/errors/credential-errors.ts'
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
  service = await startService({}, issuer.url)
  client = await createDpopClient()
  token = await bound(client)
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

const QUERY = '{ book(id: 1) { title } }'
const bound = ({ jkt }: DpopClient, changes: object = {}) => issuer.signToken({ cnf: { jkt }, ...changes })
const url = () => `${service.apiUrl}/graphql`
const ask = (authorization: string, proof?: string, query = QUERY) =>
  sendRequest(url(), {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: {
      'content-type': 'application/json',
      authorization,
      ...(proof !== undefined && { dpop: proof }),
    },
  })
const challenge = (scheme: string, error: string, reason: keyof typeof CREDENTIAL_ERROR_DESCRIPTIONS) =>
  `${scheme} error="${error}", error_description="${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}"` +
  (scheme === 'DPoP' ? `, algs="${DPOP_SIGNING_ALGORITHMS.join(' ')}"` : '') +
  `, resource_metadata="${service.apiUrl}/.well-known/oauth-protected-resource"`

test.each(INVALID_PROOFS)('%s %s: 401 %s, %s', async (_, __, error, reason, make) => {
  const { status, headers, json } = await ask(`DPoP ${token}`, await make(client, { url: url(), token }))
  expect([status, headers.get('www-authenticate')]).toEqual([401, challenge('DPoP', error, reason)])
  expect(json).toEqual({ errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }] })
  expect(headers.get('dpop-nonce') !== null).toBe(error === 'use_dpop_nonce')
})

test.each(VALID_PROOFS)('%s %s is let in once; again it is a replay', async (_, __, make) => {
  const proof = await make(client, { url: url(), token })
  expect((await ask(`DPoP ${token}`, proof)).json.data).toEqual({
    book: { title: 'And Then There Were None' },
  })
  const again = await ask(`dpop ${token}`, proof)
  expect([again.status, again.headers.get('www-authenticate')]).toEqual([
    401,
    challenge('DPoP', 'invalid_dpop_proof', 'proof_replayed'),
  ])
})

test.each(DPOP_SIGNING_ALGORITHMS)('a key for %s can be proved', async (alg) => {
  const other = await createDpopClient(alg)
  const its = await bound(other)
  expect((await ask(`DPoP ${its}`, await other.createProof({ url: url(), token: its }))).status).toBe(200)
})

test('a request that names its whole address is the same request', async () => {
  const socket = connect(Number(new URL(service.apiUrl).port), '127.0.0.1')
  const dpop = await client.createProof({ url: `${service.apiUrl}/books/1`, token, method: 'GET' })
  const head = `GET http://other.example/books/1 HTTP/1.1\r\nHost: other.example\r\nConnection: close`
  socket.write(`${head}\r\nAuthorization: DPoP ${token}\r\nDPoP: ${dpop}\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
})

test('T25ca no proof, and T25cb two', async () => {
  const none = await ask(`DPoP ${token}`)
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([
    401,
    challenge('DPoP', 'invalid_dpop_proof', 'proof_count'),
  ])
  const proofs = [
    await client.createProof({ url: url(), token }),
    await client.createProof({ url: url(), token }),
  ]
  const two = await new Promise<unknown>((done) =>
    request(
      `${service.apiUrl}/books/1`,
      { headers: { authorization: `DPoP ${token}`, dpop: proofs } },
      (response) => {
        response.resume()
        done([response.statusCode, response.headers['www-authenticate']])
      },
    ).end(),
  )
  expect(two).toEqual([401, challenge('DPoP', 'invalid_dpop_proof', 'proof_count')])
})

test('T25cf an RSA key of 1024 bits proves nothing', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const weak = { ...client, jwk: publicKey.export({ format: 'jwk' }) as JWK }
  const its = await bound({ ...weak, jkt: await calculateJwkThumbprint(weak.jwk) })
  const [, payload] = (await client.createProof({ url: url(), token: its })).split('.')
  const signed = `${encodeSegment({ alg: 'RS256', typ: 'dpop+jwt', jwk: weak.jwk })}.${payload}`
  const signature = sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')
  const reply = await ask(`DPoP ${its}`, `${signed}.${signature}`)
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
    401,
    challenge('DPoP', 'invalid_dpop_proof', 'proof_key'),
  ])
})

test('T25cg a key that is no point on its curve', async () => {
  const jwk = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }
  const its = await bound({ ...client, jkt: await calculateJwkThumbprint(jwk) })
  const reply = await ask(
    `DPoP ${its}`,
    await client.createProof({ url: url(), token: its, header: { jwk } }),
  )
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
    401,
    challenge('DPoP', 'invalid_dpop_proof', 'proof_key'),
  ])
})

/** How a token and a scheme can fail to belong together. */
const MISMATCHED: readonly (readonly [
  id: string,
  what: string,
  scheme: string,
  changes: object,
  reason: keyof typeof CREDENTIAL_ERROR_DESCRIPTIONS,
])[] = [
  ['T24g', 'a bound token as Bearer, with its proof', 'Bearer', {}, 'bound'],
  ['T25cc', 'a token that is not bound, with a proof', 'DPoP', { cnf: undefined }, 'not_bound'],
  ['T25cd', 'an expired token', 'DPoP', { exp: 1 }, 'expired'],
  ['T25ce', 'a token for others', 'DPoP', { aud: 'api://other' }, 'audience'],
]
test.each(MISMATCHED)('%s %s: %s', async (_, __, scheme, changes, reason) => {
  const its = await bound(client, changes)
  const reply = await ask(`${scheme} ${its}`, await client.createProof({ url: url(), token: its }))
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
    401,
    challenge(scheme, 'invalid_token', reason),
  ])
})

test('T36e a token that was let in with its proof is not let in without', async () => {
  expect((await ask(`DPoP ${token}`, await client.createProof({ url: url(), token }))).status).toBe(200)
  expect((await ask(`Bearer ${token}`)).status).toBe(401)
  expect((await ask(`DPoP ${token}`)).status).toBe(401)
})

test('T26a what is missing is told under the scheme that was used', async () => {
  const proof = await client.createProof({ url: url(), token })
  const { status, headers } = await ask(`DPoP ${token}`, proof, '{ book(id: 1) { addedBy } }')
  expect([status, headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringMatching(
      /^DPoP error="insufficient_scope", .*scope="fakebookapi.read fakebookapi.admin", algs="/,
    ),
  ])
})

test('behind a proxy the URL is the public one, whatever Host says', async () => {
  const proxied = await startService({ API_URL: 'https://books.example.com/fakebook' }, issuer.url)
  const through = async (htu: string) =>
    (
      await sendRequest(`${proxied.apiUrl}/books/1`, {
        headers: {
          authorization: `DPoP ${token}`,
          dpop: await client.createProof({ url: htu, token, method: 'GET' }),
          'x-forwarded-host': 'evil.example',
        },
      })
    ).status
  expect(await through('https://books.example.com/fakebook/books/1')).toBe(200)
  expect(await through('https://books.example.com:443/fakebook/books/1')).toBe(200)
  expect(await through('https://books.example.com/books/1')).toBe(401)
  expect(await through(`${proxied.apiUrl}/books/1`)).toBe(401)
  expect(await through('https://evil.example/fakebook/books/1')).toBe(401)
  await proxied.close()
})
