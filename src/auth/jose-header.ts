import { invalidToken } from '../errors/api-error.ts'
import { parseJsonSegment } from './compact-jws.ts'

/** The ids that a token may name and a key set may have. */
export const KID_PATTERN = /^[A-Za-z0-9_-]{1,128}$/
const TYPES = new Set<unknown>([undefined, 'JWT', 'at+jwt'])

/** Header parameters that let a token, or a proof, choose how it is checked (RFC 7515 §4.1, RFC 7516 §4.1.3, RFC 7797). */
export const FORBIDDEN_HEADER_PARAMETERS = ['crit', 'jku', 'x5u', 'x5c', 'zip', 'b64']
const REFUSED = [...FORBIDDEN_HEADER_PARAMETERS, 'jwk']

/**
 * Checks the JOSE header and gives the key's id.
 * @throws Refusal `invalid_token` unless it is RS256 with a plain `kid` and nothing that steers the check
 */
export function validateJoseHeader(segment: string): string {
  const header = parseJsonSegment(segment, invalidToken)
  if (header.alg !== 'RS256') throw invalidToken('algorithm')
  if (REFUSED.some((name) => Object.hasOwn(header, name))) throw invalidToken('header')
  if (!TYPES.has(header.typ)) throw invalidToken('type')
  if (typeof header.kid !== 'string' || !KID_PATTERN.test(header.kid)) throw invalidToken('no_kid')
  return header.kid
}
