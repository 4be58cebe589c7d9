import { invalidRequest } from '../errors/api-error.ts'
import type { AuthScheme } from '../errors/error-details.ts'

/** The parts of a request that authentication reads. */
export type RequestToAuthenticate = {
  readonly method: string
  /** The path without the query string, as it was sent. */
  readonly path: string
  /** The query string with its `?`, or empty. */
  readonly search: string
  /** Every value of the Authorization header. */
  readonly authorization: readonly string[] | undefined
  /** Every value of the DPoP header. */
  readonly dpop: readonly string[] | undefined
  /** The body of a form submission. */
  readonly form: string | undefined
}

export type Credentials = { readonly scheme: AuthScheme; readonly token: string }

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
export function parseCredentials({
  authorization = [],
  search,
  form,
}: RequestToAuthenticate): Credentials | undefined {
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
