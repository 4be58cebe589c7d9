// Claims whose names differ among issuers, as the API, the IDE and doctor read them.

type Claims = Readonly<Record<string, unknown>>

/**
 * The claims that may name the client; the first one present counts: Okta's, RFC 9068 §2.2, OpenID Connect Core §2, Entra's
 * v1. Okta's comes first, because at Okta the others may be custom claims.
 */
export const CLIENT_ID_CLAIMS = ['cid', 'client_id', 'azp', 'appid']

const MAX_SCOPES = 200
/** RFC 6749 §3.3: scope tokens, separated by single spaces. */
const SCOPE_LIST = /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/

/** Returns the first of the names that is a claim, whatever its value. */
export const findClaim = (claims: Claims, names: readonly string[]) =>
  names.find((name) => Object.hasOwn(claims, name))

/**
 * Reads a token's scopes from the first of the claims that is present: an array of strings, as Okta's `scp`, or one string
 * (RFC 8693 §4.2), which may be empty. A token without such a claim has no scopes. Nested claims are not found.
 * @returns undefined for any other value, null included, and for more than 200 scopes
 */
export function readScopes(claims: Claims, names: readonly string[]): ReadonlySet<string> | undefined {
  const name = findClaim(claims, names)
  const claim = name === undefined ? '' : claims[name]
  const scopes = typeof claim === 'string' ? splitScopes(claim) : claim
  return isTextList(scopes) && scopes.length <= MAX_SCOPES ? new Set(scopes) : undefined
}

function splitScopes(text: string): readonly string[] | undefined {
  if (text === '') return []
  return SCOPE_LIST.test(text) ? text.split(' ') : undefined
}

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
