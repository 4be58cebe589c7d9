import { calculateJwkThumbprint, compactVerify, errors, importJWK, type JWK } from 'jose'
import { invalidProof } from '../errors/api-error.ts'
import { jsonObject, shape } from './compact-jws.ts'
import { FORBIDDEN_PARAMETERS } from './jose-header.ts'

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
export const PROOF_ALGORITHMS: readonly string[] = Object.keys(KEY_TYPES)

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
export type Proof = {
  /** As it was sent. */
  readonly text: string
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
export function readProof(text: string): Proof {
  const segments = shape(text, invalidProof)
  const header = jsonObject(segments.header, invalidProof)
  if (header.typ !== 'dpop+jwt') throw invalidProof('type')
  if (typeof header.alg !== 'string' || !Object.hasOwn(KEY_TYPES, header.alg)) throw invalidProof('algorithm')
  if (FORBIDDEN_PARAMETERS.some((name) => Object.hasOwn(header, name))) throw invalidProof('header')
  const jwk = publicKey(header.jwk, header.alg)
  const { jti, htm, htu, iat, ath, nonce } = jsonObject(segments.payload, invalidProof)
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
    throw invalidProof('proof_claims')
  return { text, algorithm: header.alg, jwk, jti, htm, htu, iat, ath, nonce }
}

/** The key's public members alone. */
function publicKey(jwk: unknown, algorithm: string): JWK {
  const [kty = '', crv] = KEY_TYPES[algorithm] ?? []
  const given = Object(jwk) as Readonly<Record<string, unknown>>
  if (given.kty !== kty || given.crv !== crv || SECRET.some((name) => Object.hasOwn(given, name)))
    throw invalidProof('proof_key')
  const key: Record<string, string> = { kty }
  for (const [name, pattern] of Object.entries(MEMBERS[kty] ?? {})) {
    const value = given[name]
    if (typeof value !== 'string' || !pattern.test(value)) throw invalidProof('proof_key')
    key[name] = value
  }
  return key as JWK
}

/** The thumbprint of the proof's key (RFC 7638), SHA-256 in base64url: what a token's `cnf.jkt` must be. */
export const thumbprintOf = (proof: Proof): Promise<string> => calculateJwkThumbprint(proof.jwk)

/** @throws Refusal `invalid_dpop_proof` unless the proof is signed with the key that it names */
export async function checkProofSignature({ text, jwk, algorithm }: Proof): Promise<void> {
  const key = await importJWK(jwk, algorithm).catch((error: unknown) => {
    // Numbers that are no point on the curve.
    if (error instanceof DOMException || error instanceof errors.JOSEError) throw invalidProof('proof_key')
    throw error
  })
  try {
    await compactVerify(text, key, { algorithms: [algorithm] })
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalidProof('signature')
    throw error
  }
}
