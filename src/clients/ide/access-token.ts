import { decodeJwt } from 'jose'
import { CLIENT_ID_CLAIMS, findClaim, readScopes } from '../../lib/token-claims.ts'

/** The claims of an access token. They are not verified: only the API can do that. */
export type BearerTokenClaims = {
  readonly subject: string | undefined
  readonly clientId: string | undefined
  readonly scopes: readonly string[]
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined
}

/** The headers in the header editor, as GraphiQL sends them. */
export type EditorHeaders = Readonly<Record<string, unknown>>

export const isAuthorization = (name: string) => name.toLowerCase() === 'authorization'

/** RFC 6750 §2.1: the scheme and one b64token. Browsers trim the whitespace around a header value. */
const BEARER = /^\s*Bearer +([\w.~+/-]+=*)\s*$/i

export function findBearerToken(headers: EditorHeaders): string | undefined {
  const [, value] = Object.entries(headers).find(([name]) => isAuthorization(name)) ?? []
  return BEARER.exec(String(value))?.[1]
}

/** Explains why the headers contain no token although the user entered one. Headers that are not JSON are undefined. */
export function explainMissingToken(headers: EditorHeaders | undefined): string | undefined {
  if (!headers) return 'The headers below are not valid JSON. Write {"Authorization": "Bearer <token>"}.'
  return Object.keys(headers).some(isAuthorization) && findBearerToken(headers) === undefined
    ? 'The Authorization header below is not a bearer token. Write "Bearer <token>".'
    : undefined
}

/** Formats headers with their token replaced, or removed when it is undefined. */
export function withBearerToken(headers: EditorHeaders, token: string | undefined): string {
  const others = Object.entries(headers).filter(([name]) => !isAuthorization(name))
  const all = token === undefined ? others : [...others, ['Authorization', `Bearer ${token}`]]
  return all.length === 0 ? '' : JSON.stringify(Object.fromEntries(all), null, 2)
}

/**
 * Decodes the payload of a JWT; returns undefined for any other token. Client id and scopes are read as the API does.
 * @param scopeClaims the names of the claims that may list the scopes
 */
export function decodeUnverifiedClaims(
  token: string,
  scopeClaims: readonly string[],
): BearerTokenClaims | undefined {
  try {
    const claims = decodeJwt<Readonly<Record<string, unknown>>>(token)
    const { sub, exp } = claims
    const clientIdClaim = findClaim(claims, CLIENT_ID_CLAIMS)
    return {
      subject: stringOrUndefined(sub),
      clientId: clientIdClaim === undefined ? undefined : stringOrUndefined(claims[clientIdClaim]),
      // The API rejects a token with a malformed list.
      scopes: [...(readScopes(claims, scopeClaims) ?? [])],
      expiresAt: typeof exp === 'number' ? exp * 1_000 : undefined,
    }
  } catch {
    return undefined
  }
}

const stringOrUndefined = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Formats the time until a token expires; returns undefined once it has expired. */
export function formatRemainingTime(expiresAt: number, now: number): string | undefined {
  const seconds = Math.ceil((expiresAt - now) / 1_000)
  if (seconds <= 0) return undefined
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`
}
