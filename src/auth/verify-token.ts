import { type KeyObject, verify } from 'node:crypto'
import { invalidToken } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Caller } from './caller.ts'
import { type CompactJws, parseCompactJws, parseJsonSegment } from './compact-jws.ts'
import { validateJoseHeader } from './jose-header.ts'
import { type TokenPolicy, validateClaims } from './validate-claims.ts'

/**
 * Verifies an access token and returns its caller.
 * @throws ApiError `invalid_token`, or `SERVICE_UNAVAILABLE` without the issuer's keys
 */
export type VerifyToken = (token: string) => Promise<Caller>

type Options = {
  readonly policy: TokenPolicy
  readonly findKey: (kid: string) => Promise<KeyObject>
  readonly clock: Clock
}

/**
 * Creates the function that verifies access tokens: format, header, claims, key, signature. The cheapest checks come
 * first, so that rejecting a token does not cost more than accepting one. Proof of possession is not checked here, and
 * revocation is not checked at all: a token is valid until it expires or its key is withdrawn.
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
 * work to another thread costs more than the verification itself (`npm run bench:token`).
 * @param key an RSA key, whose size `parseJwks` has checked
 * @throws ApiError `invalid_token`
 */
export function verifySignature({ signingInput, signature }: CompactJws, key: KeyObject): void {
  const isValid = verify('RSA-SHA256', Buffer.from(signingInput), key, Buffer.from(signature, 'base64url'))
  if (!isValid) throw invalidToken('signature')
}
