import { ApiError, invalidRequest, invalidToken } from '../errors/api-error.ts'
import type { AuthScheme } from '../errors/error-details.ts'
import type { HttpRequest } from '../lib/http-messages.ts'
import type { createVerifyDpopProof } from './dpop-proof.ts'
import type { Caller } from './verify-token.ts'

type Options = {
  /** Returns the caller of a cached token synchronously. */
  readonly verifyToken: (token: string) => Caller | Promise<Caller>
  readonly verifyDpopProof: ReturnType<typeof createVerifyDpopProof>
  /** Rejects bearer tokens. */
  readonly isDpopRequired: boolean
  readonly onAccepted: (scheme: AuthScheme) => void
  readonly onRejected: (error: ApiError) => void
}

const ANONYMOUS = Object.freeze({ caller: undefined, nextDpopNonce: undefined })

/**
 * Authenticates a request and returns its caller, undefined for an anonymous request, and the nonce for the client's next
 * DPoP proof, if it should change it (RFC 9449 §8.2).
 * @throws ApiError when the request has invalid credentials, or the keys to verify them are unavailable
 */
export type Authenticate = ReturnType<typeof createAuthenticate>

/**
 * Creates the function that authenticates a request by its bearer token or its DPoP-bound token. The scheme and the
 * proof are checked on every request, even if the token itself is in the cache of verified tokens.
 */
export function createAuthenticate(options: Options) {
  const { verifyToken, verifyDpopProof, isDpopRequired, onAccepted, onRejected } = options
  return async function authenticate(request: HttpRequest) {
    let scheme: AuthScheme = 'Bearer'
    try {
      const credentials = parseCredentials(request)
      if (!credentials) return ANONYMOUS
      scheme = credentials.scheme
      // Before the token is verified: it is rejected in any case.
      if (isDpopRequired && scheme === 'Bearer') throw invalidToken('bearer', 'DPoP')
      const verified = verifyToken(credentials.token)
      const caller = verified instanceof Promise ? await verified : verified
      let nextDpopNonce: string | undefined
      if (scheme === 'DPoP') {
        // RFC 9449 §7.1: the DPoP scheme requires a bound token.
        if (caller.jkt === undefined) throw invalidToken('not_bound', 'DPoP')
        nextDpopNonce = await verifyDpopProof(request, credentials.token, caller, caller.jkt)
      } else if (caller.jkt !== undefined) throw invalidToken('bound')
      onAccepted(scheme)
      return { caller, nextDpopNonce }
    } catch (error) {
      const rejection = scheme === 'DPoP' ? toDpopChallenge(error) : error
      if (rejection instanceof ApiError) onRejected(rejection)
      throw rejection
    }
  }
}

/** RFC 9449 §7.1: an invalid token under the DPoP scheme gets a DPoP challenge. */
function toDpopChallenge(error: unknown): unknown {
  const { challenge, reason } = error instanceof ApiError ? error.details : {}
  return challenge?.error === 'invalid_token' && reason ? invalidToken(reason, 'DPoP') : error
}

// RFC 9110 §11.6.2: the scheme is an HTTP token. RFC 6750 §2.1, RFC 9449 §7.1: then spaces and one access token.
const SCHEME = /^([!#$%&'*+.^_`|~\w-]+)(?: |$)/
const LEADING_SPACES = /^ +/
const SUPPORTED_SCHEMES: ReadonlyMap<string, AuthScheme> = new Map([
  ['bearer', 'Bearer'],
  ['dpop', 'DPoP'],
])

/**
 * Extracts the access token from a request. The token itself is not verified.
 * @returns undefined for an anonymous request, or one with another scheme
 * @throws ApiError `BAD_REQUEST` for two Authorization headers, a malformed one, or a token in the query string or a
 *   form (RFC 9700 §4.3.2, RFC 9449 §7.1)
 */
export function parseCredentials({ authorization = [], search, form }: HttpRequest) {
  if (search !== '' && new URLSearchParams(search).has('access_token')) throw invalidRequest('query')
  if (form !== undefined && new URLSearchParams(form).has('access_token')) throw invalidRequest('form')
  const [header, second] = authorization
  if (second !== undefined) throw invalidRequest('two_headers')
  if (header === undefined) return undefined
  const name = SCHEME.exec(header)?.[1]
  if (name === undefined) throw invalidRequest('not_one_token')
  const scheme = SUPPORTED_SCHEMES.get(name.toLowerCase())
  if (scheme === undefined) return undefined
  // Not one pattern for the whole header: it would scan the token twice.
  const token = header.slice(name.length).replace(LEADING_SPACES, '')
  if (token === '' || /\s/.test(token)) throw invalidRequest('not_one_token', scheme)
  return { scheme, token }
}
