import { invalidToken } from '../errors/api-error.ts'
import { parseJsonSegment } from './compact-jws.ts'

/** The accepted format of key ids, in tokens and in the key set. */
export const KID_PATTERN = /^[A-Za-z0-9_-]{1,128}$/
const ACCEPTED_TYPES = new Set<unknown>([undefined, 'JWT', 'at+jwt'])

/** The header parameters by which a JWS could influence how it is verified (RFC 7515 §4.1, RFC 7516 §4.1.3, RFC 7797). */
export const FORBIDDEN_HEADER_PARAMETERS = ['crit', 'jku', 'x5u', 'x5c', 'zip', 'b64']
const FORBIDDEN_IN_TOKENS = [...FORBIDDEN_HEADER_PARAMETERS, 'jwk']

/**
 * Validates the JOSE header of an access token: RS256, a plain `kid` and no forbidden parameter.
 * @returns the `kid`
 * @throws ApiError `invalid_token`
 */
export function validateJoseHeader(segment: string): string {
  const header = parseJsonSegment(segment, invalidToken)
  if (header.alg !== 'RS256') throw invalidToken('algorithm')
  if (FORBIDDEN_IN_TOKENS.some((name) => Object.hasOwn(header, name))) throw invalidToken('header')
  if (!ACCEPTED_TYPES.has(header.typ)) throw invalidToken('type')
  if (typeof header.kid !== 'string' || !KID_PATTERN.test(header.kid)) throw invalidToken('no_kid')
  return header.kid
}
