import { LRUCache } from 'lru-cache'
import { type ApiError, invalidToken } from '../errors/api-error.ts'
import type { CredentialErrorReason } from '../errors/credential-errors.ts'

/** Creates the error for an invalid token or an invalid proof. */
export type CreateCredentialError = (reason: CredentialErrorReason) => ApiError

/** The length of the longest token or proof that is accepted. */
export const MAX_JWS_LENGTH = 8192
// Groups of four characters, then none, two or three more whose unused bits are zero (RFC 4648 §3.5).
const CANONICAL_BASE64URL = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/

export type CompactJws = ReturnType<typeof parseCompactJws>

/**
 * Splits a compact JWS (RFC 7515 §7.1) into its segments. Padding, white space and non-zero trailing bits are rejected: a
 * token has a single spelling, so that caches and logs cannot hold it under two names.
 * @throws ApiError from `createError`
 */
export function parseCompactJws(token: string, createError: CreateCredentialError) {
  if (token.length > MAX_JWS_LENGTH) throw createError('too_large')
  const [header, payload, signature, excess] = token.split('.', 4)
  if (!header || !payload || !signature || excess !== undefined) throw createError('not_three_parts')
  for (const segment of [header, payload, signature])
    if (!CANONICAL_BASE64URL.test(segment)) throw createError('not_canonical')
  const signingInput = token.slice(0, header.length + 1 + payload.length)
  return { header, payload, signature, signingInput }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes a segment that must be a JSON object. Duplicate members (RFC 7515 §4) and escaped member names are rejected at
 * every level, since two parsers could read them differently.
 * @throws ApiError from `createError`
 */
export function parseJsonSegment(segment: string, createError: CreateCredentialError) {
  let json: string
  let value: unknown
  try {
    json = UTF8.decode(Buffer.from(segment, 'base64url'))
    value = JSON.parse(json)
  } catch {
    throw createError('not_json')
  }
  if (json.includes('\\') && hasEscapedMemberName(json)) throw createError('escaped_member')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw createError('not_json')
  if (countMembersInText(json) !== countMembers(value)) throw createError('duplicate_member')
  return value as Readonly<Record<string, unknown>>
}

// No string of JSON begins after a backslash. In other text, the patterns would start at every escaped quote.
const STRING = /(?<!\\)"(?:[^"\\]|\\.)*"/g
const STRING_AND_COLON = /(?<!\\)"((?:[^"\\]|\\.)*)"(\s*:)?/g

/** Rejecting them avoids nodejs/node#63785, where V8 reads an escaped name as another one that it parsed before. */
const hasEscapedMemberName = (json: string) =>
  [...json.matchAll(STRING_AND_COLON)].some(([, name, colon]) => colon !== undefined && name?.includes('\\'))

/** Counts the colons outside strings: in JSON each follows a member name. */
const countMembersInText = (json: string) => json.replace(STRING, '').split(':').length - 1

function countMembers(root: object): number {
  let count = 0
  const pending: unknown[] = [root]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null) continue
    const children = Object.values(value)
    if (!Array.isArray(value)) count += children.length
    for (const child of children) pending.push(child)
  }
  return count
}

/** The accepted format of key ids, in tokens and in the key set. */
export const KID_PATTERN = /^[A-Za-z0-9_-]{1,128}$/
/** In lower case, because media types are case-insensitive. RFC 9068 §4 names both forms, with and without the prefix. */
const ACCEPTED_TYPES: readonly string[] = ['jwt', 'application/jwt', 'at+jwt', 'application/at+jwt']

/** The header parameters by which a JWS could influence how it is verified (RFC 7515 §4.1, RFC 7516 §4.1.3, RFC 7797). */
export const FORBIDDEN_HEADER_PARAMETERS = ['crit', 'jku', 'x5u', 'x5c', 'zip', 'b64']
const FORBIDDEN_IN_TOKENS = [...FORBIDDEN_HEADER_PARAMETERS, 'jwk']

/** The `kid` by valid header: an issuer has the same header in all tokens of a key. */
const keyIdsByHeader = new LRUCache<string, string>({ max: 100, memoMethod: parseJoseHeader })

/**
 * Validates the JOSE header of an access token: RS256, a plain `kid` and no forbidden parameter.
 * @returns the `kid`
 * @throws ApiError `invalid_token`
 */
export const validateJoseHeader = (segment: string): string => keyIdsByHeader.memo(segment)

function parseJoseHeader(segment: string): string {
  const header = parseJsonSegment(segment, invalidToken)
  if (header.alg !== 'RS256') throw invalidToken('algorithm')
  if (FORBIDDEN_IN_TOKENS.some((name) => Object.hasOwn(header, name))) throw invalidToken('header')
  if (!isAcceptedType(header.typ)) throw invalidToken('type')
  if (typeof header.kid !== 'string' || !KID_PATTERN.test(header.kid)) throw invalidToken('no_kid')
  return header.kid
}

const isAcceptedType = (typ: unknown) =>
  typ === undefined || (typeof typ === 'string' && ACCEPTED_TYPES.includes(typ.toLowerCase()))
