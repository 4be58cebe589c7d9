import { type KeyObject, verify } from 'node:crypto'
import { invalidToken } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'
import { CLIENT_ID_CLAIMS, findClaim, readScopes } from '../lib/token-claims.ts'
import { type CompactJws, parseCompactJws, parseJsonSegment, validateJoseHeader } from './compact-jws.ts'

export const CLOCK_TOLERANCE_SECONDS = 30
/** A SHA-256 thumbprint in base64url (RFC 7638). */
const THUMBPRINT = /^[\w-]{43}$/

/** The verified identity behind a request. Frozen. */
export type Caller = {
  readonly subject: string
  /** The client; the subject if the token names no client. */
  readonly client: string
  /** The client id that the token names, if it names one. */
  readonly clientId?: string | undefined
  readonly scopes: ReadonlySet<string>
  /** Seconds since 1970. */
  readonly expiresAt: number
  /** The thumbprint of the key that each request must prove possession of (RFC 9449 §6.1); absent for a bearer token. */
  readonly jkt?: string | undefined
  /** The token's `jti`, if it has a plain one, for the audit log. */
  readonly tokenId?: string | undefined
}

type Options = {
  readonly policy: {
    /** The issuer and the audience that an access token must have. */
    readonly issuer: string
    readonly audience: string
    /** The names of the claims that may list the scopes; the first one present counts. */
    readonly scopeClaims: readonly string[]
  }
  readonly findKey: (kid: string) => Promise<KeyObject>
  readonly clock: Clock
}

export type VerifyToken = (token: string) => Promise<Caller>

/**
 * Creates the function that verifies an access token and returns its caller: format, header, claims, key, signature. The
 * cheapest checks come first, so that rejecting a token does not cost more than accepting one. Proof of possession is not
 * checked here, and revocation is not checked at all: a token is valid until it expires or its key is withdrawn.
 * @throws (the function) ApiError `invalid_token`, or `SERVICE_UNAVAILABLE` without the issuer's keys
 */
export function createVerifyToken({ policy, findKey, clock }: Options): VerifyToken {
  return async function verifyToken(token) {
    const jws = parseCompactJws(token, invalidToken)
    const kid = validateJoseHeader(jws.header)
    const caller = validateClaims(parseJsonSegment(jws.payload, invalidToken), policy, clock.now() / 1000)
    verifySignature(jws, await findKey(kid))
    return caller
  }
}

/**
 * Verifies an RS256 signature (RFC 7518 §3.3); OpenSSL checks the whole padding. Runs synchronously, because handing the
 * work to another thread costs more than the verification itself (`npm run bench -- token`).
 * @param key an RSA key, whose size `parseJwks` has checked
 * @throws ApiError `invalid_token`
 */
export function verifySignature({ signingInput, signature }: CompactJws, key: KeyObject): void {
  const isValid = verify('RSA-SHA256', Buffer.from(signingInput), key, Buffer.from(signature, 'base64url'))
  if (!isValid) throw invalidToken('signature')
}

type Claims = Readonly<Record<string, unknown>>

/**
 * Validates an access token's claims (RFC 9068 §4, Okta's access token reference) and returns the caller. Runs before the
 * signature is verified, since that costs more: the sender learns nothing that is not in its own token, and the caller
 * must not be used until the signature is verified. Proof of possession is not checked here.
 * @param nowSeconds seconds since 1970
 * @throws ApiError `invalid_token` with the reason
 */
function validateClaims(claims: Claims, policy: Options['policy'], nowSeconds: number): Caller {
  if (claims.iss !== policy.issuer) throw invalidToken('issuer')
  const expiresAt = readTime(claims, 'exp')
  if (expiresAt === undefined) throw invalidToken('no_expiry')
  if (expiresAt + CLOCK_TOLERANCE_SECONDS <= nowSeconds) throw invalidToken('expired')
  if (!hasAudience(claims.aud, policy.audience)) throw invalidToken('audience')
  for (const name of ['iat', 'nbf'])
    if ((readTime(claims, name) ?? 0) > nowSeconds + CLOCK_TOLERANCE_SECONDS)
      throw invalidToken('not_yet_valid')
  const subject = readString(claims, 'sub')
  const clientIdClaim = findClaim(claims, CLIENT_ID_CLAIMS)
  const clientId = clientIdClaim === undefined ? undefined : readString(claims, clientIdClaim)
  const client = clientId ?? subject
  const scopes = readScopes(claims, policy.scopeClaims)
  if (scopes === undefined) throw invalidToken('scopes')
  const jkt = readConfirmation(claims)
  const tokenId = readTokenId(claims)
  return Object.freeze({ subject, client, clientId, scopes, expiresAt, jkt, tokenId })
}

/** RFC 7519 §4.1.3: a string, or an array of strings. */
const hasAudience = (aud: unknown, audience: string) =>
  aud === audience ||
  (Array.isArray(aud) && aud.every((value) => typeof value === 'string') && aud.includes(audience))

function readTime(claims: Claims, name: string): number | undefined {
  if (!Object.hasOwn(claims, name)) return undefined
  const value = claims[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(Math.trunc(value)) || value < 0)
    throw invalidToken('not_a_time')
  return value
}

/** Rejects NUL and unpaired surrogates too, which PostgreSQL cannot store or alters. */
function readString(claims: Claims, name: string): string {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  if (typeof value !== 'string' || !/^[^\0]+$/.test(value) || !value.isWellFormed())
    throw invalidToken('not_text')
  return value
}

/** Rejects other kinds of confirmation, such as a certificate (RFC 8705), because nothing here would check them. */
function readConfirmation(claims: Claims): string | undefined {
  if (!Object.hasOwn(claims, 'cnf')) return undefined
  const cnf = claims.cnf as Claims | null
  const jkt = typeof cnf === 'object' && cnf !== null && Object.keys(cnf).length === 1 ? cnf.jkt : undefined
  if (typeof jkt !== 'string' || !THUMBPRINT.test(jkt)) throw invalidToken('confirmation')
  return jkt
}

/** Ignores a malformed `jti`: it is used for the audit log only. */
const readTokenId = ({ jti }: Claims) =>
  typeof jti === 'string' && /^[\w.:~-]{1,128}$/.test(jti) ? jti : undefined
