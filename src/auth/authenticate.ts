import { ApiError, invalidToken } from '../errors/api-error.ts'
import type { AuthScheme } from '../errors/error-details.ts'
import type { Caller } from './caller.ts'
import { parseCredentials, type RequestToAuthenticate } from './credentials.ts'
import type { VerifyDpopProof } from './dpop.ts'

type AuthenticationResult = {
  /** Undefined for an anonymous request. A request with a bad token is rejected instead. */
  readonly caller: Caller | undefined
  /** The nonce for the client's next DPoP proof, if it should change it (RFC 9449 §8.2). */
  readonly nextDpopNonce?: string | undefined
}

/** @throws ApiError when the request has invalid credentials, or the keys to verify them are unavailable */
export type Authenticate = (request: RequestToAuthenticate) => Promise<AuthenticationResult>

type Options = {
  /** Returns the caller of a cached token synchronously. */
  readonly verifyToken: (token: string) => Caller | Promise<Caller>
  readonly verifyDpopProof: VerifyDpopProof
  readonly onAccepted: (scheme: AuthScheme) => void
  readonly onRejected: (error: ApiError) => void
}

const ANONYMOUS: AuthenticationResult = Object.freeze({ caller: undefined })

/**
 * Creates the function that authenticates a request by its bearer token or its DPoP-bound token. The scheme and the
 * proof are checked on every request, even if the token itself is in the cache of verified tokens.
 */
export function createAuthenticate({
  verifyToken,
  verifyDpopProof,
  onAccepted,
  onRejected,
}: Options): Authenticate {
  return async function authenticate(request) {
    try {
      const credentials = parseCredentials(request)
      if (!credentials) return ANONYMOUS
      const { scheme, token } = credentials
      const verified = verifyToken(token)
      const caller = verified instanceof Promise ? await challengeWith(scheme, verified) : verified
      if (scheme === 'Bearer') {
        if (caller.jkt !== undefined) throw invalidToken('bound')
        onAccepted(scheme)
        return { caller }
      }
      // RFC 9449 §7.1: the DPoP scheme requires a bound token.
      if (caller.jkt === undefined) throw invalidToken('not_bound', 'DPoP')
      const nextDpopNonce = await verifyDpopProof(request, token, caller.jkt)
      onAccepted(scheme)
      return { caller, nextDpopNonce }
    } catch (error) {
      if (error instanceof ApiError) onRejected(error)
      throw error
    }
  }
}

/** RFC 9449 §7.1: an invalid token under the DPoP scheme gets a DPoP challenge. */
async function challengeWith(scheme: AuthScheme, verified: Promise<Caller>): Promise<Caller> {
  if (scheme === 'Bearer') return verified
  try {
    return await verified
  } catch (error) {
    const { challenge, reason } = error instanceof ApiError ? error.details : {}
    throw challenge?.error === 'invalid_token' && reason ? invalidToken(reason, scheme) : error
  }
}
