/** What an access token says of itself. Nothing here is verified: only the API can do that. */
export type BearerTokenClaims = {
  readonly subject: string | undefined
  readonly clientId: string | undefined
  readonly scopes: readonly string[]
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined
}

/** What the header editor holds, as GraphiQL is going to send it. */
export type EditorHeaders = Readonly<Record<string, unknown>>

const isAuthorization = (name: string) => name.toLowerCase() === 'authorization'

/** RFC 6750 §2.1: the scheme and one b64token; what stands around it a browser leaves out. */
const BEARER = /^\s*Bearer +([\w.~+/-]+=*)\s*$/i

/** The bearer token among headers; undefined while there is none. */
export function findBearerToken(headers: EditorHeaders): string | undefined {
  const [, value] = Object.entries(headers).find(([name]) => isAuthorization(name)) ?? []
  return BEARER.exec(String(value))?.[1]
}

/** Why headers have no token, where somebody meant them to; undefined where nobody did. They are undefined if unreadable. */
export function explainMissingToken(headers: EditorHeaders | undefined): string | undefined {
  if (!headers) return 'The headers below are not JSON. Write {"Authorization": "Bearer <token>"}.'
  return Object.keys(headers).some(isAuthorization) && findBearerToken(headers) === undefined
    ? 'Authorization below is not the word Bearer and a token. Write "Bearer <token>".'
    : undefined
}

/** The text of headers with this token in place of any other; with none, it is taken out. */
export function withBearerToken(headers: EditorHeaders, token: string | undefined): string {
  const others = Object.entries(headers).filter(([name]) => !isAuthorization(name))
  const all = token === undefined ? others : [...others, ['Authorization', `Bearer ${token}`]]
  return all.length === 0 ? '' : JSON.stringify(Object.fromEntries(all), null, 2)
}

/** Reads a JWT's payload (RFC 9068, or Okta's `scp` list); undefined when it is none. */
export function decodeUnverifiedClaims(token: string): BearerTokenClaims | undefined {
  const payload = payloadOf(token)
  if (!payload) return undefined
  const { sub, cid, client_id = cid, exp, scp, scope = scp } = payload
  const scopes = Array.isArray(scope) ? scope : String(scope ?? '').split(' ')
  return {
    subject: textOr(sub),
    clientId: textOr(client_id),
    scopes: scopes.filter((one) => typeof one === 'string' && one !== ''),
    expiresAt: typeof exp === 'number' ? exp * 1_000 : undefined,
  }
}

const textOr = (value: unknown) => (typeof value === 'string' ? value : undefined)

function payloadOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    const letters = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** How long a token still lasts, in words for people; undefined once it has ended. */
export function formatRemainingTime(endsAt: number, now: number): string | undefined {
  const seconds = Math.ceil((endsAt - now) / 1_000)
  if (seconds <= 0) return undefined
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`
}
