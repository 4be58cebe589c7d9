import { invalidToken } from '../refusal.ts'

/** Who a request is from. Frozen. */
export type Caller = {
  readonly subject: string
  readonly client: string
  readonly scopes: ReadonlySet<string>
  /** Seconds since 1970. */
  readonly expiresAt: number
}

/** What a token must say to be for us. */
export type Policy = { readonly issuer: string; readonly audience: string }

export const TOLERANCE_SECONDS = 30
const MAX_SCOPES = 200

type Claims = Readonly<Record<string, unknown>>

/**
 * Checks an access token's claims (RFC 9068 §4, Okta's access token reference).
 * @param now seconds since 1970
 * @throws Refusal `invalid_token`, naming the check that failed
 */
export function readClaims(claims: Claims, policy: Policy, now: number): Caller {
  if (claims.iss !== policy.issuer) throw invalidToken('it is from another issuer')
  if (!isFor(policy.audience, claims.aud)) throw invalidToken('it is for another audience')
  const expiresAt = seconds(claims, 'exp')
  if (expiresAt === undefined) throw invalidToken('it does not say when it expires')
  if (expiresAt + TOLERANCE_SECONDS <= now) throw invalidToken('it has expired')
  for (const name of ['iat', 'nbf'])
    if ((seconds(claims, name) ?? 0) > now + TOLERANCE_SECONDS) throw invalidToken('it is not valid yet')
  if (Object.hasOwn(claims, 'cnf'))
    throw invalidToken('it is bound to a key and cannot be used as a bearer token')
  const subject = text(claims, 'sub')
  return Object.freeze({ subject, client: text(claims, 'cid', subject), scopes: scopesOf(claims), expiresAt })
}

const isFor = (audience: string, aud: unknown) =>
  aud === audience ||
  (Array.isArray(aud) && aud.every((one) => typeof one === 'string') && aud.includes(audience))

function seconds(claims: Claims, name: string): number | undefined {
  if (!Object.hasOwn(claims, name)) return undefined
  const value = claims[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(Math.trunc(value)) || value < 0)
    throw invalidToken(`its ${name} is not a time`)
  return value
}

function text(claims: Claims, name: string, fallback?: string): string {
  const value = Object.hasOwn(claims, name) ? claims[name] : fallback
  if (typeof value !== 'string' || value === '') throw invalidToken(`its ${name} is not text`)
  return value
}

function scopesOf(claims: Claims): ReadonlySet<string> {
  const scp = Object.hasOwn(claims, 'scp') ? claims.scp : []
  if (!Array.isArray(scp) || scp.length > MAX_SCOPES || scp.some((one) => typeof one !== 'string'))
    throw invalidToken('its scp is not a list of scopes')
  return new Set(scp as string[])
}
