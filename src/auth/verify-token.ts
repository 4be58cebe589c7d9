import type { KeyObject } from 'node:crypto'
import { invalidToken } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'
import { parseCompactJws, parseJsonSegment } from './compact-jws.ts'
import { validateJoseHeader } from './jose-header.ts'
import { type Caller, type TokenPolicy, validateClaims } from './validate-claims.ts'
import { verifySignature } from './verify-signature.ts'

/**
 * Turns an access token into its caller.
 * @throws Refusal `invalid_token`, or `SERVICE_UNAVAILABLE` when there are no keys to check it with
 */
export type VerifyToken = (token: string) => Promise<Caller>

type Parts = {
  readonly policy: TokenPolicy
  readonly findKey: (kid: string) => Promise<KeyObject>
  readonly clock: Clock
}

/**
 * Checks access tokens: shape, header, claims, key, signature, cheapest first, so that what is refused costs no more
 * than what is let in.
 * Left to others: whether the request has the key that the token is bound to. Not checked: revocation. A token is good
 * until it expires or its key is withdrawn.
 */
export function createVerifyToken({ policy, findKey, clock }: Parts): VerifyToken {
  return async function verify(token) {
    const segments = parseCompactJws(token, invalidToken)
    const kid = validateJoseHeader(segments.header)
    const caller = validateClaims(
      parseJsonSegment(segments.payload, invalidToken),
      policy,
      clock.now() / 1000,
    )
    verifySignature(segments, await findKey(kid))
    return caller
  }
}
