import { compactVerify, errors } from 'jose'
import { invalidToken } from '../refusal.ts'
import { type Caller, type Policy, readClaims } from './claims.ts'
import { readKid } from './header.ts'
import type { Key } from './keys.ts'
import { jsonObject, shape } from './shape.ts'

/** Turns an access token into its caller, or throws a `Refusal`. */
export type Verify = (token: string) => Promise<Caller>

type Parts = {
  readonly policy: Policy
  readonly findKey: (kid: string) => Promise<Key>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Checks access tokens: shape, header, key, signature, claims, in this order, cheapest first.
 * Not checked: revocation. A token is good until it expires or its key is withdrawn.
 */
export function createVerify({ policy, findKey, now }: Parts): Verify {
  return async function verify(token) {
    const segments = shape(token)
    const kid = readKid(segments.header)
    const claims = jsonObject(segments.payload, 'payload')
    if (claims.iss !== policy.issuer) throw invalidToken('it is from another issuer')
    const key = await findKey(kid)
    await checkSignature(token, key)
    return readClaims(claims, policy, now() / 1000)
  }
}

async function checkSignature(token: string, key: Key): Promise<void> {
  try {
    await compactVerify(token, key, { algorithms: ['RS256'] })
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalidToken('its signature is wrong')
    throw error
  }
}
