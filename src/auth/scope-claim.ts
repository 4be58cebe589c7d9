import { invalidToken } from '../errors/api-error.ts'

const MAX_SCOPES = 200
/** RFC 6749 §3.3: scope tokens, separated by single spaces. */
const SCOPE_LIST = /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/

/**
 * Parses a claim that lists scopes: an array of strings, as Okta's `scp`, or one string as in RFC 8693 §4.2. An empty
 * string lists none.
 * @throws ApiError `invalid_token` for any other value, null included, and for more than 200 scopes
 */
export function parseScopeClaim(claim: unknown): ReadonlySet<string> {
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
