import { invalidToken } from '../refusal.ts'

const MAX_BYTES = 8192
const SEGMENT = /^[A-Za-z0-9_-]+$/

/** The three segments of a compact JWS (RFC 7515 §7.1), each canonical base64url. */
export type Segments = { readonly header: string; readonly payload: string; readonly signature: string }

/**
 * Splits a token. One token has one spelling: padding, white space or loose trailing bits are refused, so that
 * no cache or log sees two names for the same token.
 * @throws Refusal `invalid_token`
 */
export function shape(token: string): Segments {
  if (token.length > MAX_BYTES) throw invalidToken('it is larger than 8 KiB')
  const [header, payload, signature, more] = token.split('.')
  if (!header || !payload || !signature || more !== undefined)
    throw invalidToken('it is not a signed JWT of three parts')
  for (const segment of [header, payload, signature])
    if (!SEGMENT.test(segment) || Buffer.from(segment, 'base64url').toString('base64url') !== segment)
      throw invalidToken('it is not canonical base64url')
  return { header, payload, signature }
}

/**
 * Decodes a segment that must hold a JSON object.
 * @throws Refusal `invalid_token`
 */
export function jsonObject(segment: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(segment, 'base64url')))
  } catch {
    throw invalidToken(`its ${what} is not JSON`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidToken(`its ${what} is not a JSON object`)
  return value as Record<string, unknown>
}
