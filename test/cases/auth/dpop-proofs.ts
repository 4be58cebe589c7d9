import type { CredentialErrorReason } from '../../../src/errors/credential-errors.ts'
import { createDpopClient, type DpopClient, type ProofOptions } from '../../support/dpop-client.ts'
import { encodeSegment } from './token-case.ts'

/** @param options the options of a valid proof for the request */
type CreateProof = (client: DpopClient, options: ProofOptions) => Promise<string> | string

type ProofCase = { readonly id: string; readonly title: string; readonly createProof: CreateProof }
type InvalidProofCase = ProofCase & {
  /** The default is `invalid_dpop_proof`. */
  readonly error?: 'use_dpop_nonce'
  readonly reason: CredentialErrorReason
}

const withClaims =
  (claims: object): CreateProof =>
  (client, options) =>
    client.createProof({ ...options, claims })
const withHeader =
  (header: object): CreateProof =>
  (client, options) =>
    client.createProof({ ...options, header })
const withIat =
  (offsetSeconds: number): CreateProof =>
  (client, options) =>
    client.createProof({ ...options, iat: Math.floor(Date.now() / 1000) + offsetSeconds })
const rewritten =
  (rewrite: (proof: string) => string): CreateProof =>
  async (client, options) =>
    rewrite(await client.createProof(options))
const TINY_RSA_KEY = { kty: 'RSA', n: 'AQAB', e: 'AQAB' }

/** Proofs that are rejected with a `DPoP` challenge. The ids are permanent. */
export const INVALID_PROOFS: readonly InvalidProofCase[] = [
  {
    id: 'auth/T25a',
    title: 'not a JWT',
    reason: 'not_three_parts',
    createProof: () => 'proof',
  },
  {
    id: 'auth/T25b',
    title: 'larger than 8 KiB',
    reason: 'too_large',
    createProof: withClaims({ filler: 'x'.repeat(9000) }),
  },
  {
    id: 'auth/T25c',
    title: 'padding after the signature',
    reason: 'not_canonical',
    createProof: rewritten((proof) => `${proof}==`),
  },
  {
    id: 'auth/T25d',
    title: 'typ JWT',
    reason: 'type',
    createProof: withHeader({ typ: 'JWT' }),
  },
  {
    id: 'auth/T25e',
    title: 'no typ',
    reason: 'type',
    createProof: withHeader({ typ: undefined }),
  },
  {
    id: 'auth/T25f',
    title: 'alg none',
    reason: 'algorithm',
    createProof: withUnsignedHeader({ alg: 'none' }),
  },
  {
    id: 'auth/T25g',
    title: 'alg HS256',
    reason: 'algorithm',
    createProof: withUnsignedHeader({ alg: 'HS256' }),
  },
  {
    id: 'auth/T25h',
    title: 'alg toString',
    reason: 'algorithm',
    createProof: withUnsignedHeader({ alg: 'toString' }),
  },
  {
    id: 'auth/T25i',
    title: 'crit',
    reason: 'header',
    createProof: withUnsignedHeader({ crit: ['exp'] }),
  },
  {
    id: 'auth/T25j',
    title: 'jku',
    reason: 'header',
    createProof: withHeader({ jku: 'https://example.com/keys' }),
  },
  {
    id: 'auth/T25k',
    title: 'no jwk',
    reason: 'proof_key',
    createProof: withHeader({ jwk: undefined }),
  },
  {
    id: 'auth/T25l',
    title: 'a private key',
    reason: 'proof_key',
    createProof: (client, options) => client.createProof({ ...options, header: { jwk: client.privateJwk } }),
  },
  {
    id: 'auth/T25m',
    title: 'a key for another alg',
    reason: 'proof_key',
    createProof: withHeader({ jwk: TINY_RSA_KEY }),
  },
  {
    id: 'auth/T25n',
    title: 'a symmetric key',
    reason: 'proof_key',
    createProof: withHeader({ jwk: { kty: 'oct', k: 'AAAA' } }),
  },
  {
    id: 'auth/T25ah',
    title: 'a key with empty coordinates',
    reason: 'proof_key',
    createProof: withHeader({ jwk: { kty: 'EC', crv: 'P-256', x: '', y: '' } }),
  },
  {
    id: 'auth/T25ai',
    title: 'a key that is not base64url',
    reason: 'proof_key',
    createProof: withHeader({ jwk: { kty: 'EC', crv: 'P-256', x: 'é'.repeat(43), y: 'é'.repeat(43) } }),
  },
  {
    id: 'auth/T25o',
    title: 'no jti',
    reason: 'proof_claims',
    createProof: withClaims({ jti: undefined }),
  },
  {
    id: 'auth/T25p',
    title: 'a jti of 257 characters',
    reason: 'proof_claims',
    createProof: withClaims({ jti: 'j'.repeat(257) }),
  },
  {
    id: 'auth/T25q',
    title: 'iat as a string',
    reason: 'proof_claims',
    createProof: withClaims({ iat: 'now' }),
  },
  {
    id: 'auth/T25r',
    title: 'no ath',
    reason: 'proof_claims',
    createProof: withClaims({ ath: undefined }),
  },
  {
    id: 'auth/T25s',
    title: 'a duplicate jti',
    reason: 'duplicate_member',
    createProof: (client, options) =>
      client.createProof({ ...options, transformPayload: (json) => json.replace(/^{/, '{"jti":"j",') }),
  },
  {
    id: 'auth/T25t',
    title: 'another method',
    reason: 'proof_method',
    createProof: withClaims({ htm: 'GET' }),
  },
  {
    id: 'auth/T25u',
    title: 'a lower-case method',
    reason: 'proof_method',
    createProof: withClaims({ htm: 'post' }),
  },
  {
    id: 'auth/T25v',
    title: 'another host',
    reason: 'proof_url',
    createProof: withClaims({ htu: 'https://example.com/graphql' }),
  },
  {
    id: 'auth/T25w',
    title: 'another path',
    reason: 'proof_url',
    createProof: (client, options) => client.createProof({ ...options, url: `${options.url}/` }),
  },
  {
    id: 'auth/T25x',
    title: 'a path without a host',
    reason: 'proof_url',
    createProof: withClaims({ htu: '/graphql' }),
  },
  {
    id: 'auth/T25y',
    title: 'the hash of another token',
    reason: 'proof_token',
    createProof: (client, options) => client.createProof({ ...options, token: 'a.b.c' }),
  },
  {
    id: 'auth/T25z',
    title: 'another key than the token’s',
    reason: 'proof_other_key',
    createProof: async (_, options) => (await createDpopClient()).createProof(options),
  },
  {
    id: 'auth/T25aa',
    title: 'a signature with another key',
    reason: 'signature',
    createProof: async (client, options) =>
      (await createDpopClient()).createProof({ ...options, header: { jwk: client.jwk } }),
  },
  {
    id: 'auth/T25ab',
    title: 'an iat over a minute ago',
    reason: 'proof_time',
    createProof: withIat(-62),
  },
  {
    id: 'auth/T25ac',
    title: 'an iat in the future',
    reason: 'proof_time',
    createProof: withIat(40),
  },
  {
    id: 'auth/T25ad',
    title: 'iat 1e999',
    reason: 'proof_time',
    createProof: (client, options) =>
      client.createProof({
        ...options,
        transformPayload: (json) => json.replace(/"iat":\d+/, '"iat":1e999'),
      }),
  },
  {
    id: 'auth/T25af',
    title: 'a user in the URL',
    reason: 'proof_url',
    createProof: (client, options) =>
      client.createProof({ ...options, url: options.url.replace('//', '//user@') }),
  },
  {
    id: 'auth/T25ag',
    title: 'a key of another type than its kty',
    reason: 'proof_key',
    createProof: (client, options) =>
      client.createProof({ ...options, header: { jwk: { ...client.jwk, kty: 'RSA' } } }),
  },
  {
    id: 'auth/T25aj',
    title: 'an RSA key of 2047 bits',
    reason: 'proof_key',
    createProof: withModulus(0x7f, 256),
  },
  {
    id: 'auth/T25ak',
    title: 'an RSA key of 8193 bits',
    reason: 'proof_key',
    createProof: withModulus(0x01, 1025),
  },
  {
    id: 'auth/T25al',
    title: 'an RSA modulus with a leading zero',
    reason: 'proof_key',
    createProof: withModulus(0x00, 257),
  },
  {
    id: 'auth/T25am',
    title: 'another key, RSA with 2048 bits',
    reason: 'proof_other_key',
    createProof: withModulus(0x80, 256),
  },
  {
    id: 'auth/T25an',
    title: 'another key, RSA with 8192 bits',
    reason: 'proof_other_key',
    createProof: withModulus(0xff, 1024),
  },
  {
    id: 'auth/T25ae',
    title: 'an unknown nonce',
    error: 'use_dpop_nonce',
    reason: 'nonce',
    createProof: (client, options) => client.createProof({ ...options, nonce: 'n' }),
  },
]

/** Other spellings of a valid proof. */
export const VALID_PROOFS: readonly ProofCase[] = [
  {
    id: 'auth/T25ba',
    title: 'a standard proof',
    createProof: (client, options) => client.createProof(options),
  },
  {
    id: 'auth/T25bb',
    title: 'a query and a fragment in htu',
    createProof: (client, options) => client.createProof({ ...options, url: `${options.url}?a=1#b` }),
  },
  {
    id: 'auth/T25bc',
    title: 'an upper-case scheme and host',
    createProof: (client, options) =>
      client.createProof({ ...options, url: options.url.replace('http://localhost', 'HTTP://LOCALHOST') }),
  },
  {
    id: 'auth/T25bd',
    title: 'percent-encoded unreserved characters',
    createProof: (client, options) =>
      client.createProof({ ...options, url: options.url.replace('graphql', '%67raph%71l') }),
  },
  { id: 'auth/T25be', title: 'an iat half a minute ago', createProof: withIat(-30) },
  { id: 'auth/T25bf', title: 'a kid in addition to the key', createProof: withHeader({ kid: 'mine' }) },
]

/** Replaces the header without signing again: the proof must be rejected before its signature is verified. */
function withUnsignedHeader(changes: object): CreateProof {
  return async (client, options) => {
    const [, ...segments] = (await client.createProof(options)).split('.')
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: client.jwk, ...changes }
    return [encodeSegment(header), ...segments].join('.')
  }
}

/** Creates a proof with an RSA key that is not the token's. */
function withModulus(firstOctet: number, octets: number): CreateProof {
  const n = Buffer.alloc(octets, 0xff).fill(firstOctet, 0, 1).toString('base64url')
  return withUnsignedHeader({ alg: 'RS256', jwk: { kty: 'RSA', n, e: 'AQAB' } })
}
