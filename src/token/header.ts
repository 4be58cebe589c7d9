import { invalidToken } from '../refusal.ts'
import { jsonObject } from './shape.ts'

const KID = /^[A-Za-z0-9_-]{1,128}$/
const TYPES = new Set([undefined, 'JWT', 'at+jwt'])
/** Parameters that would let a token choose its own key or encoding (RFC 7515 §4.1, RFC 7797). */
const REFUSED = ['crit', 'jku', 'x5u', 'x5c', 'jwk', 'zip', 'b64']

/**
 * Checks the JOSE header and gives the key's id.
 * @throws Refusal `invalid_token` unless it is RS256 with a plain `kid` and nothing that steers the check
 */
export function readKid(segment: string): string {
  const header = jsonObject(segment, 'header')
  if (header.alg !== 'RS256') throw invalidToken('it is not signed with RS256')
  for (const name of REFUSED)
    if (Object.hasOwn(header, name)) throw invalidToken('its header is not accepted')
  if (!TYPES.has(header.typ as string | undefined)) throw invalidToken('it is not an access token')
  if (typeof header.kid !== 'string' || !KID.test(header.kid)) throw invalidToken('it names no key')
  return header.kid
}
