import type { KeyObject } from 'node:crypto'
import { invalidToken } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'
import { jsonObject, shape } from './compact-jws.ts'
import { readKid } from './jose-header.ts'
import { type Caller, type Policy, readClaims } from './validate-claims.ts'
import { checkSignature } from './verify-signature.ts'

/**
 * Turns an access token into its caller.
 * @throws Refusal `invalid_token`, or `SERVICE_UNAVAILABLE` when there are no keys to check it with
 */
export type Verify = (token: string) => Promise<Caller>

type Parts = {
  readonly policy: Policy
  readonly findKey: (kid: string) => Promise<KeyObject>
  readonly clock: Clock
}

/**
 * Checks access tokens: shape, header, claims, key, signature, cheapest first, so that what is refused costs no more
 * than what is let in.
 * Left to others: whether the request has the key that the token is bound to. Not checked: revocation. A token is good
 * until it expires or its key is withdrawn.
 */
export function createVerify({ policy, findKey, clock }: Parts): Verify {
  return async function verify(token) {
    const segments = shape(token, invalidToken)
    const kid = readKid(segments.header)
    const caller = readClaims(jsonObject(segments.payload, invalidToken), policy, clock.now() / 1000)
    checkSignature(segments, await findKey(kid))
    return caller
  }
}
