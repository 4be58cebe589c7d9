import { calculateJwkThumbprint, compactVerify, errors, importJWK, type JWK } from 'jose'
import { invalidDpopProof } from '../errors/api-error.ts'
import { parseCompactJws, parseJsonSegment } from './compact-jws.ts'
import { FORBIDDEN_HEADER_PARAMETERS } from './jose-header.ts'

/** What a proof can be signed with, by the members of its public key (RFC 7518 §6, RFC 8037 §2, RFC 9864). */
const KEY_TYPES: Readonly<Record<string, readonly [kty: string, crv: string | undefined]>> = {
  ES256: ['EC', 'P-256'],
  ES384: ['EC', 'P-384'],
  ES512: ['EC', 'P-521'],
  RS256: ['RSA', undefined],
  RS384: ['RSA', undefined],
  RS512: ['RSA', undefined],
  PS256: ['RSA', undefined],
  EdDSA: ['OKP', 'Ed25519'],
  Ed25519: ['OKP', 'Ed25519'],
}
export const DPOP_SIGNING_ALGORITHMS: readonly string[] = Object.keys(KEY_TYPES)

/** The members of a public key, each with what may stand in it. */
const MEMBERS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  EC: { crv: /^P-\d{3}$/, x: /^[\w-]{43,88}$/, y: /^[\w-]{43,88}$/ },
  // From 2048 to 8192 bits, without zeros in front; an exponent of 32 bits at most. What is larger takes too long.
  RSA: { n: /^(?:[g-z\d_-][\w-]{341}|(?!A[A-P])[\w-]{343,1366})$/, e: /^[\w-]{4,6}$/ },
  OKP: { crv: /^Ed25519$/, x: /^[\w-]{43}$/ },
}
const SECRET = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const MAX_JTI = 256

/** A proof whose form is right and whose signature nobody has checked yet. */
export type DpopProof = {
  /** As it was sent. */
  readonly jwt: string
  readonly algorithm: string
  readonly jwk: JWK
  readonly jti: string
  readonly htm: string
  readonly htu: string
  /** Seconds since 1970. */
  readonly iat: number
  readonly ath: string
  readonly nonce: string | undefined
}

/**
 * Reads a DPoP proof (RFC 9449 §4.2, §4.3): its form, its header, its public key, its claims' types.
 * Left to others: what the claims say, the signature, whether it was seen before.
 * @throws Refusal `invalid_dpop_proof`
 */
export function parseDpopProof(jwt: string): DpopProof {
  const segments = parseCompactJws(jwt, invalidDpopProof)
  const header = parseJsonSegment(segments.header, invalidDpopProof)
  if (header.typ !== 'dpop+jwt') throw invalidDpopProof('type')
  if (typeof header.alg !== 'string' || !Object.hasOwn(KEY_TYPES, header.alg))
    throw invalidDpopProof('algorithm')
  if (FORBIDDEN_HEADER_PARAMETERS.some((name) => Object.hasOwn(header, name)))
    throw invalidDpopProof('header')
  const jwk = publicKey(header.jwk, header.alg)
  const { jti, htm, htu, iat, ath, nonce } = parseJsonSegment(segments.payload, invalidDpopProof)
  if (
    typeof jti !== 'string' ||
    jti === '' ||
    jti.length > MAX_JTI ||
    typeof htm !== 'string' ||
    typeof htu !== 'string' ||
    typeof iat !== 'number' ||
    typeof ath !== 'string' ||
    (nonce !== undefined && typeof nonce !== 'string')
  )
    throw invalidDpopProof('proof_claims')
  return { jwt, algorithm: header.alg, jwk, jti, htm, htu, iat, ath, nonce }
}

/** The key's public members alone. */
function publicKey(jwk: unknown, algorithm: string): JWK {
  const [kty = '', crv] = KEY_TYPES[algorithm] ?? []
  const given = Object(jwk) as Readonly<Record<string, unknown>>
  if (given.kty !== kty || given.crv !== crv || SECRET.some((name) => Object.hasOwn(given, name)))
    throw invalidDpopProof('proof_key')
  const key: Record<string, string> = { kty }
  for (const [name, pattern] of Object.entries(MEMBERS[kty] ?? {})) {
    const value = given[name]
    if (typeof value !== 'string' || !pattern.test(value)) throw invalidDpopProof('proof_key')
    key[name] = value
  }
  return key as JWK
}

/** The thumbprint of the proof's key (RFC 7638), SHA-256 in base64url: what a token's `cnf.jkt` must be. */
export const calculateProofThumbprint = (proof: DpopProof): Promise<string> =>
  calculateJwkThumbprint(proof.jwk)

/** @throws Refusal `invalid_dpop_proof` unless the proof is signed with the key that it names */
export async function verifyDpopProofSignature({ jwt: proof, jwk, algorithm }: DpopProof): Promise<void> {
  const key = await importJWK(jwk, algorithm).catch((error: unknown) => {
    // Numbers that are no point on the curve.
    if (error instanceof DOMException || error instanceof errors.JOSEError)
      throw invalidDpopProof('proof_key')
    throw error
  })
  try {
    await compactVerify(proof, key, { algorithms: [algorithm] })
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalidDpopProof('signature')
    throw error
  }
}
