import { ApiError, invalidToken, type Scheme } from '../errors/api-error.ts'
import { parseCredentials, type RequestToAuthenticate } from './credentials.ts'
import type { VerifyDpopProof } from './dpop.ts'
import type { Caller } from './validate-claims.ts'

/** Who asks. */
export type AuthenticationResult = {
  /** Undefined: nobody, no token was sent. A bad token never gets here. */
  readonly caller: Caller | undefined
  /** The nonce for the next DPoP proof, where the client should change it (RFC 9449 §8.2). */
  readonly nextDpopNonce?: string | undefined
}

/** @throws Refusal when there is a token and it is not good, or it was sent in a wrong way */
export type Authenticate = (request: RequestToAuthenticate) => Promise<AuthenticationResult>

/** Who is told how it went. */
type Listeners = {
  readonly onAccepted: (scheme: Scheme) => void
  readonly onRefused: (refusal: ApiError) => void
}

type Parts = Listeners & {
  /** At once for a token that is remembered. */
  readonly verify: (token: string) => Caller | Promise<Caller>
  readonly checkProof: VerifyDpopProof
}

const NOBODY: AuthenticationResult = Object.freeze({ caller: undefined })

/**
 * Finds out who asks, once, before anything else looks at the request. Whether a token is presented as it must be is
 * looked at each time, also where the token itself was verified a moment ago.
 */
export function createAuthenticate({
  verify: verifyToken,
  checkProof: verifyDpopProof,
  onAccepted,
  onRefused: onRejected,
}: Parts): Authenticate {
  return async function authenticate(request) {
    try {
      const credentials = parseCredentials(request)
      if (!credentials) return NOBODY
      const { scheme, token } = credentials
      const verified = verifyToken(token)
      const caller = verified instanceof Promise ? await underScheme(scheme, verified) : verified
      if (scheme === 'Bearer') {
        if (caller.jkt !== undefined) throw invalidToken('bound')
        onAccepted(scheme)
        return { caller }
      }
      const dpopNonce = await proved(request, token, caller)
      onAccepted(scheme)
      return { caller, nextDpopNonce: dpopNonce }
    } catch (error) {
      if (error instanceof ApiError) onRejected(error)
      throw error
    }
  }

  /** RFC 9449 §7.1, §7.2: what is bound comes with a proof, and what comes with a proof is bound. */
  async function proved(request: RequestToAuthenticate, token: string, { jkt }: Caller) {
    if (jkt === undefined) throw invalidToken('not_bound', 'DPoP')
    return verifyDpopProof(request, token, jkt)
  }
}

/** RFC 9449 §7.1: a token that is refused under DPoP gets a challenge for DPoP. */
async function underScheme(scheme: Scheme, verified: Promise<Caller>): Promise<Caller> {
  if (scheme === 'Bearer') return verified
  try {
    return await verified
  } catch (error) {
    const { challenge, reason } = error instanceof ApiError ? error.details : {}
    throw challenge?.error === 'invalid_token' && reason ? invalidToken(reason, scheme) : error
  }
}
