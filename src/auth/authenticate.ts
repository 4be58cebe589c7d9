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

type Credentials = { readonly scheme: AuthScheme; readonly token: string }

/** The result of authentication. */
export type Authenticated = {
  /** Undefined for an anonymous request. */
  readonly caller: Caller | undefined
  /** The nonce for the client's next DPoP proof, if it should change it (RFC 9449 §8.2). */
  readonly nextDpopNonce: string | undefined
}

/**
 * Authenticates a request. Returns no promise for an anonymous request or a cached bearer token.
 * @throws ApiError, or rejects with one, when the request has invalid credentials, or the keys to verify them are unavailable
 */
export type Authenticate = (request: HttpRequest) => Authenticated | Promise<Authenticated>

/**
 * Creates the function that authenticates a request by its bearer token or its DPoP-bound token. The scheme and the
 * proof are checked on every request, even if the token itself is in the cache of verified tokens.
 */
export function createAuthenticate(options: Options): Authenticate {
  const { verifyToken, verifyDpopProof, isDpopRequired, onAccepted, onRejected } = options
  return function authenticate(request) {
    let scheme: AuthScheme = 'Bearer'
    try {
      const credentials = parseCredentials(request)
      if (!credentials) return ANONYMOUS
      scheme = credentials.scheme
      // Before the token is verified: it is rejected in any case.
      if (isDpopRequired && scheme === 'Bearer') throw invalidToken('bearer', 'DPoP')
      const verified = verifyToken(credentials.token)
      if (scheme === 'Bearer' && !(verified instanceof Promise)) return acceptBearer(verified)
      return acceptAsync(request, credentials, verified)
    } catch (error) {
      throw toRejection(error, scheme)
    }
  }

  function acceptBearer(caller: Caller): Authenticated {
    if (caller.jkt !== undefined) throw invalidToken('bound')
    onAccepted('Bearer')
    return { caller, nextDpopNonce: undefined }
  }

  async function acceptAsync(
    request: HttpRequest,
    { scheme, token }: Credentials,
    verified: Caller | Promise<Caller>,
  ): Promise<Authenticated> {
    try {
      const caller = await verified
      if (scheme === 'Bearer') return acceptBearer(caller)
      // RFC 9449 §7.1: the DPoP scheme requires a bound token.
      if (caller.jkt === undefined) throw invalidToken('not_bound', 'DPoP')
      const nextDpopNonce = await verifyDpopProof(request, token, caller, caller.jkt)
      onAccepted(scheme)
      return { caller, nextDpopNonce }
    } catch (error) {
      throw toRejection(error, scheme)
    }
  }

  /** Reports a rejection and returns the error to throw. */
  function toRejection(error: unknown, scheme: AuthScheme): unknown {
    const rejection = scheme === 'DPoP' ? toDpopChallenge(error) : error
    if (rejection instanceof ApiError) onRejected(rejection)
    return rejection
  }
}

/** RFC 9449 §7.1: an invalid token under the DPoP scheme gets a DPoP challenge. */
function toDpopChallenge(error: unknown): unknown {
  const { challenge, reason } = error instanceof ApiError ? error.details : {}
  return challenge?.error === 'invalid_token' && reason ? invalidToken(reason, 'DPoP') : error
}

/** RFC 9110 §11.6.2: the scheme is an HTTP token. RFC 6750 §2.1, RFC 9449 §7.1: then spaces and one access token. */
const SCHEME = /^[!#$%&'*+.^_`|~\w-]+$/
/** All white space that Node accepts in a header. Searching a long token for each is faster than `/\s/`. */
const WHITE_SPACE = [' ', '\t', '\u00a0']
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
export function parseCredentials({ authorization = [], search, form }: HttpRequest): Credentials | undefined {
  if (search !== '' && new URLSearchParams(search).has('access_token')) throw invalidRequest('query')
  if (form !== undefined && new URLSearchParams(form).has('access_token')) throw invalidRequest('form')
  const [header, second] = authorization
  if (second !== undefined) throw invalidRequest('two_headers')
  if (header === undefined) return undefined
  const nameEnd = header.indexOf(' ')
  const name = nameEnd < 0 ? header : header.slice(0, nameEnd)
  const scheme = SUPPORTED_SCHEMES.get(name.toLowerCase())
  if (scheme === undefined) {
    if (!SCHEME.test(name)) throw invalidRequest('not_one_token')
    return undefined
  }
  let tokenStart = name.length
  while (header[tokenStart] === ' ') tokenStart += 1
  const token = header.slice(tokenStart)
  if (token === '' || WHITE_SPACE.some((space) => token.includes(space)))
    throw invalidRequest('not_one_token', scheme)
  return { scheme, token }
}
