import { hash } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, errors, importJWK, type JWK } from 'jose'
import { dpopNonceRequired, invalidDpopProof } from '../errors/api-error.ts'
import type { CredentialErrorReason } from '../errors/credential-errors.ts'
import { type Clock, createRepeatedTimeCheck } from '../lib/clock.ts'
import type { HttpRequest } from '../lib/http-messages.ts'
import { FORBIDDEN_HEADER_PARAMETERS, parseCompactJws, parseJsonSegment } from './compact-jws.ts'
import type { createDpopNonces } from './dpop-nonces.ts'
import { MAX_MODULUS_BITS, MIN_MODULUS_BITS } from './jwks.ts'
import type { ReplayStore } from './replay-store.ts'
import type { Caller } from './verify-token.ts'

/** The accepted age of a proof without a nonce. */
const MAX_AGE_SECONDS = 60
/** The accepted distance of its `iat` into the future. */
const MAX_AHEAD_SECONDS = 30
/** The most by which the wall clock may go back: the replay store's retention exceeds the age of a valid proof by 90 s. */
const MAX_ADJUSTMENT_MS = 60_000
const MAX_JTI_LENGTH = 256

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
  // An exponent of 32 bits at most: larger ones are too slow.
  RSA: { n: /^[\w-]+$/, e: /^[\w-]{4,6}$/ },
  OKP: { crv: /^Ed25519$/, x: /^[\w-]{43}$/ },
}
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

type Options = {
  /** Returns the API's public URL, which a proof's `htu` must match even behind a proxy. */
  readonly getApiUrl: () => string
  readonly clock: Clock
  readonly replayStore: ReplayStore
  readonly nonces: ReturnType<typeof createDpopNonces>
  readonly isNonceRequired: boolean
}

/** Creates the checks of RFC 9449 §4.3 and §7.1, cheapest first. Only valid proofs go into the replay store. */
export function createVerifyDpopProof({ getApiUrl, clock, replayStore, nonces, isNonceRequired }: Options) {
  const isRepeatedTime = createRepeatedTimeCheck(clock, MAX_ADJUSTMENT_MS)
  /**
   * Checks that the sender of a request possesses the key that its access token is bound to.
   * @param token the verified access token
   * @param caller the verified caller of the token
   * @param jkt the thumbprint of the key, from the token's `cnf` claim
   * @returns the nonce for the next proof, if the one in this proof expires soon
   * @throws ApiError `invalid_dpop_proof`, `use_dpop_nonce`, `LIMIT_EXCEEDED` for a caller with too many proofs, or
   *   `SERVICE_UNAVAILABLE` without the replay store
   */
  return async function verifyDpopProof(request: HttpRequest, token: string, caller: Caller, jkt: string) {
    const { method, path, dpop = [] } = request
    const [jwt, second] = dpop
    if (jwt === undefined || second !== undefined) throw invalidDpopProof('proof_count')
    const proof = parseDpopProof(jwt)
    if (proof.htm !== method) throw invalidDpopProof('proof_method')
    const url = normalizeHtu(`${getApiUrl()}${path}`)
    if (url === undefined || normalizeHtu(proof.htu) !== url) throw invalidDpopProof('proof_url')
    if (proof.ath !== hash('sha256', token, 'base64url')) throw invalidDpopProof('proof_token')
    if ((await calculateJwkThumbprint(proof.jwk)) !== jkt) throw invalidDpopProof('proof_other_key')
    const nextNonce = await checkFreshness(proof.nonce, proof.iat)
    await verifyProofSignature(jwt, proof.jwk, proof.algorithm)
    const id = hash('sha256', `${jkt} ${proof.jti}`, 'base64url')
    // Not by key: with a new key for each token, a client would have any number of them.
    const owner = JSON.stringify([caller.client, caller.subject])
    if ((await replayStore.putIfAbsent(`jti:${id}`, '1', owner)) !== undefined)
      throw invalidDpopProof('proof_replayed')
    return nextNonce
  }

  /** RFC 9449 §11.1: a valid nonce proves freshness whatever the client's clock says; without one, `iat` must. */
  async function checkFreshness(nonce: string | undefined, iat: number): Promise<string | undefined> {
    if (nonce === undefined && !isNonceRequired) {
      const ageSeconds = clock.now() / 1000 - iat
      if (!(ageSeconds <= MAX_AGE_SECONDS && ageSeconds >= -MAX_AHEAD_SECONDS))
        throw invalidDpopProof('proof_time')
      // The wall clock was set back, so the replay store may have dropped this proof already: require a nonce.
      if (isRepeatedTime((iat - MAX_AHEAD_SECONDS) * 1000)) throw dpopNonceRequired(await nonces.current())
      return undefined
    }
    const age = nonce === undefined ? 'invalid' : await nonces.classify(nonce)
    if (age === 'invalid') throw dpopNonceRequired(await nonces.current())
    return age === 'old' ? nonces.current() : undefined
  }
}

const UNRESERVED_CHARACTER = /[\w.~-]/

/**
 * Normalizes a proof's `htu` or a request URL for comparison (RFC 9449 §4.3): drops query and fragment, normalizes as the
 * URL standard does, and decodes percent-encoded unreserved characters (RFC 3986 §6.2.2).
 * @returns undefined if the text is not a URL, or one with a user or password
 */
function normalizeHtu(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || url.username || url.password) return undefined
  const path = url.pathname.replace(/%[0-9a-f]{2}/gi, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
    return UNRESERVED_CHARACTER.test(character) ? character : triplet.toUpperCase()
  })
  return url.origin + path
}

/**
 * Parses a DPoP proof (RFC 9449 §4.2, §4.3): its format, header, public key and the types of its claims. The values of
 * the claims, the signature and replays are not checked here.
 * @throws ApiError `invalid_dpop_proof`
 */
function parseDpopProof(jwt: string) {
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
  return { algorithm: header.alg, jwk, jti, htm, htu, iat, ath, nonce }
}

/**
 * Returns a JWK with the known public members only. An RSA modulus is measured without importing the key, because the
 * sender has not proved anything yet.
 */
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
  if (publicJwk.n !== undefined) {
    const bits = countModulusBits(publicJwk.n)
    if (bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS) throw invalidDpopProof('proof_key')
  }
  return publicJwk as JWK
}

/** Returns 0 for a modulus with a leading zero octet, which RFC 7518 §6.3.1.1 forbids. */
function countModulusBits(n: string): number {
  const octets = Buffer.from(n, 'base64url')
  const [firstOctet = 0] = octets
  return firstOctet === 0 ? 0 : octets.length * 8 + 24 - Math.clz32(firstOctet)
}

/** @throws ApiError `invalid_dpop_proof` unless the proof is signed with the key in its header */
async function verifyProofSignature(jwt: string, jwk: JWK, algorithm: string): Promise<void> {
  let reason: CredentialErrorReason = 'proof_key'
  try {
    const key = await importJWK(jwk, algorithm)
    reason = 'signature'
    await compactVerify(jwt, key, { algorithms: [algorithm] })
  } catch (error) {
    // A DOMException, for example, for coordinates that are not a point on the curve.
    if (error instanceof DOMException || error instanceof errors.JOSEError) throw invalidDpopProof(reason)
    throw error
  }
}
