import { invalidRequest } from '../refusal.ts'

// RFC 6750 §2.1: credentials = "Bearer" 1*SP b64token
const BEARER = /^Bearer +(\S+)$/i
const OTHER_SCHEME = /^(?!Bearer(?: |$))/i

/**
 * Takes the access token from a request.
 * @param authorization every value of the Authorization header, as `headersDistinct` has them
 * @param query the parsed query string, where a token must not be (RFC 9700 §4.3.2)
 * @returns the token, unchecked; undefined when nobody's token was sent
 * @throws Refusal `BAD_REQUEST` for two headers, an empty one, or a token in the query string
 */
export function readBearer(
  authorization: readonly string[] = [],
  query: URLSearchParams,
): string | undefined {
  if (query.has('access_token')) throw invalidRequest('a token in the query string is not accepted')
  const [header, second] = authorization
  if (second !== undefined) throw invalidRequest('more than one Authorization header')
  if (header === undefined || (header !== '' && OTHER_SCHEME.test(header))) return undefined
  const token = BEARER.exec(header)?.[1]
  if (!token) throw invalidRequest('the Authorization header is not "Bearer" and one token')
  return token
}
