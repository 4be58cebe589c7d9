import { invalidToken } from '../errors/api-error.ts'

const MAX_SCOPES = 200
/** RFC 6749 §3.3: scope tokens, separated by single spaces. */
const SCOPE_LIST = /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/

/**
 * Returns the scopes of a token, from the first of these claims that is present, whatever its value; none without such a
 * claim. The names are those of top-level claims: a nested one is not found.
 * @throws ApiError `invalid_token` if the claim is not a list of at most 200 scopes
 */
export function readScopes(
  claims: Readonly<Record<string, unknown>>,
  names: readonly string[],
): ReadonlySet<string> {
  const name = names.find((one) => Object.hasOwn(claims, one))
  return name === undefined ? new Set() : parseScopeClaim(claims[name])
}

/** Parses an array of strings, as Okta's `scp`, or one string (RFC 8693 §4.2); an empty one lists none. Null is invalid. */
function parseScopeClaim(claim: unknown): ReadonlySet<string> {
  const scopes = typeof claim === 'string' ? splitScopes(claim) : claim
  if (!isTextList(scopes) || scopes.length > MAX_SCOPES) throw invalidToken('scopes')
  return new Set(scopes)
}

function splitScopes(text: string): readonly string[] | undefined {
  if (text === '') return []
  return SCOPE_LIST.test(text) ? text.split(' ') : undefined
}

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
