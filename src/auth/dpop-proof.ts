import { calculateJwkThumbprint, compactVerify, errors, importJWK, type JWK } from 'jose'
import { invalidDpopProof } from '../errors/api-error.ts'
import { parseCompactJws, parseJsonSegment } from './compact-jws.ts'
import { FORBIDDEN_HEADER_PARAMETERS } from './jose-header.ts'

/** The key type of each supported algorithm (RFC 7518 §6, RFC 8037 §2, RFC 9864). */
const KEY_TYPES: Readonly<Record<string, { readonly kty: string; readonly crv?: string }>> = {
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
}
export const DPOP_SIGNING_ALGORITHMS: readonly string[] = Object.keys(KEY_TYPES)

/** The public members of a JWK by key type, with the pattern of each value. */
const PUBLIC_MEMBERS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  EC: { crv: /^P-\d{3}$/, x: /^[\w-]{43,88}$/, y: /^[\w-]{43,88}$/ },
  // A modulus of 2048 to 8192 bits without leading zeros, an exponent of 32 bits at most: larger ones are too slow.
  RSA: { n: /^(?:[g-z\d_-][\w-]{341}|(?!A[A-P])[\w-]{343,1366})$/, e: /^[\w-]{4,6}$/ },
  OKP: { crv: /^Ed25519$/, x: /^[\w-]{43}$/ },
}
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const MAX_JTI_LENGTH = 256

/** A well-formed DPoP proof whose signature has not been verified yet. */
export type DpopProof = {
  /** The compact JWS, as it was sent. */
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
 * Parses a DPoP proof (RFC 9449 §4.2, §4.3): its format, header, public key and the types of its claims. The values of
 * the claims, the signature and replays are not checked here.
 * @throws ApiError `invalid_dpop_proof`
 */
export function parseDpopProof(jwt: string): DpopProof {
  const segments = parseCompactJws(jwt, invalidDpopProof)
  const header = parseJsonSegment(segments.header, invalidDpopProof)
  if (header.typ !== 'dpop+jwt') throw invalidDpopProof('type')
  if (typeof header.alg !== 'string' || !Object.hasOwn(KEY_TYPES, header.alg))
    throw invalidDpopProof('algorithm')
  if (FORBIDDEN_HEADER_PARAMETERS.some((name) => Object.hasOwn(header, name)))
    throw invalidDpopProof('header')
  const jwk = parsePublicJwk(header.jwk, header.alg)
  const { jti, htm, htu, iat, ath, nonce } = parseJsonSegment(segments.payload, invalidDpopProof)
  if (
    typeof jti !== 'string' ||
    jti === '' ||
    jti.length > MAX_JTI_LENGTH ||
    typeof htm !== 'string' ||
    typeof htu !== 'string' ||
    typeof iat !== 'number' ||
    typeof ath !== 'string' ||
    (nonce !== undefined && typeof nonce !== 'string')
  )
    throw invalidDpopProof('proof_claims')
  return { jwt, algorithm: header.alg, jwk, jti, htm, htu, iat, ath, nonce }
}

/** Returns a JWK with the known public members only. */
function parsePublicJwk(value: unknown, algorithm: string): JWK {
  const { kty = '', crv } = KEY_TYPES[algorithm] ?? {}
  const jwk = Object(value) as Readonly<Record<string, unknown>>
  if (jwk.kty !== kty || jwk.crv !== crv || PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)))
    throw invalidDpopProof('proof_key')
  const publicJwk: Record<string, string> = { kty }
  for (const [name, pattern] of Object.entries(PUBLIC_MEMBERS[kty] ?? {})) {
    const member = jwk[name]
    if (typeof member !== 'string' || !pattern.test(member)) throw invalidDpopProof('proof_key')
    publicJwk[name] = member
  }
  return publicJwk as JWK
}

/** Calculates the SHA-256 thumbprint of the proof's key (RFC 7638), which a bound token has as `cnf.jkt`. */
export const calculateProofThumbprint = (proof: DpopProof): Promise<string> =>
  calculateJwkThumbprint(proof.jwk)

/** @throws ApiError `invalid_dpop_proof` unless the proof is signed with the key in its header */
export async function verifyDpopProofSignature({ jwt, jwk, algorithm }: DpopProof): Promise<void> {
  const key = await importJWK(jwk, algorithm).catch((error: unknown) => {
    // For example, coordinates that are not a point on the curve.
    if (error instanceof DOMException || error instanceof errors.JOSEError)
      throw invalidDpopProof('proof_key')
    throw error
  })
  try {
    await compactVerify(jwt, key, { algorithms: [algorithm] })
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalidDpopProof('signature')
    throw error
  }
}
