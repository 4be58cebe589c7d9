import type { CREDENTIAL_ERROR_DESCRIPTIONS } from '../../../src/errors/credential-errors.ts'
import { createDpopClient, type DpopClient, type ProofOptions } from '../../support/dpop-client.ts'
import { encodeSegment } from './token-case.ts'

/** Makes a proof for a request; `parts` is what a right one has. */
type MakeProof = (client: DpopClient, parts: ProofOptions) => Promise<string> | string
type Error = 'invalid_dpop_proof' | 'use_dpop_nonce'

const claims =
  (changes: object): MakeProof =>
  (client, parts) =>
    client.createProof({ ...parts, claims: changes })
const header =
  (changes: object): MakeProof =>
  (client, parts) =>
    client.createProof({ ...parts, header: changes })
const at =
  (seconds: number): MakeProof =>
  (client, parts) =>
    client.createProof({ ...parts, iat: Math.floor(Date.now() / 1000) + seconds })
const changed =
  (change: (proof: string) => string): MakeProof =>
  async (client, parts) =>
    change(await client.createProof(parts))
const SHORT = { kty: 'RSA', n: 'AQAB', e: 'AQAB' }

/** Proofs that must be refused with a `DPoP` challenge. The numbers are permanent. */
export const INVALID_PROOFS: readonly (readonly [
  id: string,
  what: string,
  error: Error,
  reason: keyof typeof CREDENTIAL_ERROR_DESCRIPTIONS,
  make: MakeProof,
])[] = [
  ['T25a', 'not a JWT', 'invalid_dpop_proof', 'not_three_parts', () => 'proof'],
  ['T25b', 'larger than 8 KiB', 'invalid_dpop_proof', 'too_large', claims({ filler: 'x'.repeat(9000) })],
  ['T25c', 'padding', 'invalid_dpop_proof', 'not_canonical', changed((proof) => `${proof}==`)],
  ['T25d', 'typ JWT', 'invalid_dpop_proof', 'type', header({ typ: 'JWT' })],
  ['T25e', 'no typ', 'invalid_dpop_proof', 'type', header({ typ: undefined })],
  ['T25f', 'alg none', 'invalid_dpop_proof', 'algorithm', headed({ alg: 'none' })],
  ['T25g', 'alg HS256', 'invalid_dpop_proof', 'algorithm', headed({ alg: 'HS256' })],
  ['T25h', 'alg toString', 'invalid_dpop_proof', 'algorithm', headed({ alg: 'toString' })],
  ['T25i', 'crit', 'invalid_dpop_proof', 'header', headed({ crit: ['exp'] })],
  ['T25j', 'jku', 'invalid_dpop_proof', 'header', header({ jku: 'https://example.com/keys' })],
  ['T25k', 'no jwk', 'invalid_dpop_proof', 'proof_key', header({ jwk: undefined })],
  [
    'T25l',
    'a private key',
    'invalid_dpop_proof',
    'proof_key',
    (client, parts) => client.createProof({ ...parts, header: { jwk: client.privateJwk } }),
  ],
  ['T25m', 'a key for another alg', 'invalid_dpop_proof', 'proof_key', header({ jwk: SHORT })],
  [
    'T25n',
    'a shared secret as key',
    'invalid_dpop_proof',
    'proof_key',
    header({ jwk: { kty: 'oct', k: 'AAAA' } }),
  ],
  [
    'T25ah',
    'a key with nothing in it',
    'invalid_dpop_proof',
    'proof_key',
    header({ jwk: { kty: 'EC', crv: 'P-256', x: '', y: '' } }),
  ],
  [
    'T25ai',
    'a key that is not base64url',
    'invalid_dpop_proof',
    'proof_key',
    header({ jwk: { kty: 'EC', crv: 'P-256', x: 'é'.repeat(43), y: 'é'.repeat(43) } }),
  ],
  ['T25o', 'no jti', 'invalid_dpop_proof', 'proof_claims', claims({ jti: undefined })],
  ['T25p', 'a jti of 257 letters', 'invalid_dpop_proof', 'proof_claims', claims({ jti: 'j'.repeat(257) })],
  ['T25q', 'iat as text', 'invalid_dpop_proof', 'proof_claims', claims({ iat: 'now' })],
  ['T25r', 'no ath', 'invalid_dpop_proof', 'proof_claims', claims({ ath: undefined })],
  [
    'T25s',
    'jti twice',
    'invalid_dpop_proof',
    'duplicate_member',
    (client, parts) =>
      client.createProof({ ...parts, transformPayload: (json) => json.replace(/^{/, '{"jti":"j",') }),
  ],
  ['T25t', 'another method', 'invalid_dpop_proof', 'proof_method', claims({ htm: 'GET' })],
  ['T25u', 'a method in small letters', 'invalid_dpop_proof', 'proof_method', claims({ htm: 'post' })],
  ['T25v', 'another host', 'invalid_dpop_proof', 'proof_url', claims({ htu: 'https://example.com/graphql' })],
  [
    'T25w',
    'another path',
    'invalid_dpop_proof',
    'proof_url',
    (client, parts) => client.createProof({ ...parts, url: `${parts.url}/` }),
  ],
  ['T25x', 'a path alone', 'invalid_dpop_proof', 'proof_url', claims({ htu: '/graphql' })],
  [
    'T25y',
    'another token',
    'invalid_dpop_proof',
    'proof_token',
    (client, parts) => client.createProof({ ...parts, token: 'a.b.c' }),
  ],
  [
    'T25z',
    'another key than the token’s',
    'invalid_dpop_proof',
    'proof_other_key',
    async (_, parts) => (await createDpopClient()).createProof(parts),
  ],
  [
    'T25aa',
    'a signature of another key',
    'invalid_dpop_proof',
    'signature',
    async (client, parts) =>
      (await createDpopClient()).createProof({ ...parts, header: { jwk: client.jwk } }),
  ],
  ['T25ab', 'a minute and more old', 'invalid_dpop_proof', 'proof_time', at(-62)],
  ['T25ac', 'from the future', 'invalid_dpop_proof', 'proof_time', at(40)],
  [
    'T25ad',
    'iat 1e999',
    'invalid_dpop_proof',
    'proof_time',
    (client, parts) =>
      client.createProof({ ...parts, transformPayload: (json) => json.replace(/"iat":\d+/, '"iat":1e999') }),
  ],
  [
    'T25af',
    'a user in the URL',
    'invalid_dpop_proof',
    'proof_url',
    (client, parts) => client.createProof({ ...parts, url: parts.url.replace('//', '//user@') }),
  ],
  [
    'T25ag',
    'a key of another kind than it says',
    'invalid_dpop_proof',
    'proof_key',
    (client, parts) => client.createProof({ ...parts, header: { jwk: { ...client.jwk, kty: 'RSA' } } }),
  ],
  [
    'T25ae',
    'a nonce that is not ours',
    'use_dpop_nonce',
    'nonce',
    (client, parts) => client.createProof({ ...parts, nonce: 'n' }),
  ],
]

/** Other spellings of a right proof. */
export const VALID_PROOFS: readonly (readonly [id: string, what: string, make: MakeProof])[] = [
  ['T25ba', 'as it should be', (client, parts) => client.createProof(parts)],
  [
    'T25bb',
    'a query and a fragment in htu',
    (client, parts) => client.createProof({ ...parts, url: `${parts.url}?a=1#b` }),
  ],
  [
    'T25bc',
    'scheme and host in capitals',
    (client, parts) =>
      client.createProof({ ...parts, url: parts.url.replace('http://localhost', 'HTTP://LOCALHOST') }),
  ],
  [
    'T25bd',
    'percent signs that need not be',
    (client, parts) => client.createProof({ ...parts, url: parts.url.replace('graphql', '%67raph%71l') }),
  ],
  ['T25be', 'half a minute old', at(-30)],
  ['T25bf', 'a kid beside the key', header({ kid: 'mine' })],
]

/** The proof under another header, whose signature can only be wrong: what is refused must be refused before. */
function headed(changes: object): MakeProof {
  return async (client, parts) => {
    const [, ...rest] = (await client.createProof(parts)).split('.')
    return [encodeSegment({ alg: 'ES256', typ: 'dpop+jwt', jwk: client.jwk, ...changes }), ...rest].join('.')
  }
}
