import type { ApiError } from '../errors/api-error.ts'
import type { CredentialErrorReason } from '../errors/credential-errors.ts'

/** How a token, or a proof, is refused for a reason. */
export type CreateCredentialError = (reason: CredentialErrorReason) => ApiError

/** A compact JWS (RFC 7515 §7.1): three segments of canonical base64url. */
export type CompactJws = {
  readonly header: string
  readonly payload: string
  readonly signature: string
  /** Header and payload as they are signed, with the dot between. */
  readonly signingInput: string
}

const MAX_BYTES = 8192
// Whole groups of four, then none, two or three letters whose unused bits are zero (RFC 4648 §3.5).
const CANONICAL = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/

/**
 * Splits a token. One token has one spelling: padding, white space or loose trailing bits are refused, so that
 * no cache or log sees two names for the same token.
 * @throws what `refuse` makes
 */
export function parseCompactJws(token: string, createError: CreateCredentialError): CompactJws {
  if (token.length > MAX_BYTES) throw createError('too_large')
  const [header, payload, signature, more] = token.split('.', 4)
  if (!header || !payload || !signature || more !== undefined) throw createError('not_three_parts')
  for (const segment of [header, payload, signature])
    if (!CANONICAL.test(segment)) throw createError('not_canonical')
  return { header, payload, signature, signingInput: token.slice(0, header.length + 1 + payload.length) }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes a segment that must hold a JSON object, each of whose members is named once at each level (RFC 7515 §4), and
 * plainly: what two readers may read in two ways is read in none.
 * @throws what `refuse` makes
 */
export function parseJsonSegment(
  segment: string,
  createError: CreateCredentialError,
): Readonly<Record<string, unknown>> {
  const text = attempt(() => UTF8.decode(Buffer.from(segment, 'base64url')))
  if (text === undefined) throw createError('not_json')
  if (text.includes('\\') && namesEscaped(text)) throw createError('escaped_member')
  const value = attempt<unknown>(() => JSON.parse(text))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw createError('not_json')
  if (membersWritten(text) !== membersRead(value)) throw createError('duplicate_member')
  return value as Record<string, unknown>
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

const STRING = /"(?:[^"\\]|\\.)*"/g

const STRING_THEN = /"((?:[^"\\]|\\.)*)"(\s*:)?/g

/** V8 can take one escaped name for another that it saw before (nodejs/node#63785): none is read at all. */
const namesEscaped = (json: string) =>
  [...json.matchAll(STRING_THEN)].some(([, name, colon]) => colon !== undefined && name?.includes('\\'))

/** In JSON, what is a colon outside of strings stands behind a member's name. */
const membersWritten = (json: string) => json.replace(STRING, '').split(':').length - 1

function membersRead(value: object): number {
  let count = 0
  const waiting: unknown[] = [value]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (typeof one !== 'object' || one === null) continue
    const inside = Object.values(one)
    if (!Array.isArray(one)) count += inside.length
    for (const next of inside) waiting.push(next)
  }
  return count
}
