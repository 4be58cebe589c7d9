import { calculateJwkThumbprint, compactVerify, errors, importJWK, type JWK } from 'jose'
import { invalidProof } from '../refusal.ts'
import { STEERING } from './header.ts'
import { jsonObject, type Segments, shape } from './shape.ts'

/** What a proof can be signed with, by the members of its public key (RFC 7518 §6, RFC 8037 §2, RFC 9864). */
const KEYS: Readonly<Record<string, readonly [kty: string, crv: string | undefined]>> = {
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
export const PROOF_ALGORITHMS: readonly string[] = Object.keys(KEYS)

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'x', 'y'],
  RSA: ['n', 'e'],
  OKP: ['crv', 'x'],
}
const SECRET = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
/** An 8192-bit modulus: what is larger takes too long to check. */
const MAX_MODULUS_LETTERS = 1366
const MAX_EXPONENT_LETTERS = 6
const MAX_JTI = 256

/** A proof whose form is right and whose signature nobody has checked yet. */
export type Proof = {
  readonly segments: Segments
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
  if (typeof header.alg !== 'string' || !Object.hasOwn(KEYS, header.alg)) throw invalidProof('algorithm')
  if (STEERING.some((name) => Object.hasOwn(header, name))) throw invalidProof('header')
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
  return { segments, algorithm: header.alg, jwk, jti, htm, htu, iat, ath, nonce }
}

/** The key's public members alone. */
function publicKey(jwk: unknown, algorithm: string): JWK {
  const [kty = '', crv] = KEYS[algorithm] ?? []
  const given = Object(jwk) as Readonly<Record<string, unknown>>
  if (given.kty !== kty || given.crv !== crv || SECRET.some((name) => Object.hasOwn(given, name)))
    throw invalidProof('proof_key')
  const key: Record<string, string> = { kty }
  for (const name of MEMBERS[kty] ?? []) {
    const value = given[name]
    const most = name === 'e' ? MAX_EXPONENT_LETTERS : MAX_MODULUS_LETTERS
    if (typeof value !== 'string' || value.length > most) throw invalidProof('proof_key')
    key[name] = value
  }
  return key as JWK
}

/** RFC 7638, SHA-256, base64url. */
export const thumbprintOf = (proof: Proof): Promise<string> => calculateJwkThumbprint(proof.jwk)

/** @throws Refusal `invalid_dpop_proof` unless the proof is signed with the key that it names */
export async function checkProofSignature({ segments, jwk, algorithm }: Proof): Promise<void> {
  const key = await importJWK(jwk, algorithm).catch(() => undefined)
  if (!key) throw invalidProof('proof_key')
  try {
    await compactVerify(`${segments.signed}.${segments.signature}`, key, { algorithms: [algorithm] })
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalidProof('signature')
    // jose refuses an RSA key under 2048 bits with a TypeError.
    if (error instanceof TypeError) throw invalidProof('proof_key')
    throw error
  }
}
