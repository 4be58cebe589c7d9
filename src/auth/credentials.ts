import { invalidRequest, type Scheme } from '../errors/api-error.ts'

/** What of a request tells who sends it. */
export type RequestToAuthenticate = {
  readonly method: string
  /** The path alone, as it was sent. */
  readonly path: string
  /** The query string with its `?`, or empty. */
  readonly search: string
  /** Every value of the Authorization header. */
  readonly authorization: readonly string[] | undefined
  /** Every value of the DPoP header. */
  readonly dpop: readonly string[] | undefined
  /** The body, if it is a form. */
  readonly form: string | undefined
}

export type Credentials = { readonly scheme: Scheme; readonly token: string }

// RFC 9110 §11.6.2: a scheme is an HTTP token; RFC 6750 §2.1 and RFC 9449 §7.1: one space or more, one access token.
const SCHEME = /^([!#$%&'*+.^_`|~\w-]+)(?: |$)/
const SPACES = /^ +/
const OURS: ReadonlyMap<string, Scheme> = new Map([
  ['bearer', 'Bearer'],
  ['dpop', 'DPoP'],
])

/**
 * Takes the access token from a request.
 * @returns the token, unchecked, and its scheme; undefined when nobody's token was sent
 * @throws Refusal `BAD_REQUEST` for two headers, an empty or strange one, or a token in the query string or a form
 *   (RFC 9700 §4.3.2, RFC 9449 §7.1)
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
  const scheme = OURS.get(name.toLowerCase())
  if (scheme === undefined) return undefined
  // One pattern for all of it would look at each of a token's letters twice.
  const token = header.slice(name.length).replace(SPACES, '')
  if (token === '' || /\s/.test(token)) throw invalidRequest('not_one_token', scheme)
  return { scheme, token }
}
