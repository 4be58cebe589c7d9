import { invalidToken } from '../errors/api-error.ts'

/** Who a request is from. Frozen. */
export type Caller = {
  readonly subject: string
  readonly client: string
  readonly scopes: ReadonlySet<string>
  /** Seconds since 1970. */
  readonly expiresAt: number
  /** The thumbprint of the key that each request must prove to have (RFC 9449 §6.1); absent: a bearer token. */
  readonly jkt?: string
  /** What the issuer calls this token (`jti`), where it says so: for the audit log. */
  readonly tokenId?: string
}

/** What a token must say to be for us. */
export type TokenPolicy = { readonly issuer: string; readonly audience: string }

export const CLOCK_TOLERANCE_SECONDS = 30
const MAX_SCOPES = 200
/** A SHA-256 in base64url (RFC 7638). */
const THUMBPRINT = /^[\w-]{43}$/

type Claims = Readonly<Record<string, unknown>>

/**
 * Checks an access token's claims (RFC 9068 §4, Okta's access token reference). It does so before the signature is
 * looked at, since that costs more: whoever wrote the token learns nothing that they did not write, and nothing of it
 * is believed until the signature is right.
 * Left to others: whether the request proves to have the key that the token is bound to.
 * @param nowSeconds seconds since 1970
 * @throws Refusal `invalid_token`, naming the check that failed
 */
export function validateClaims(claims: Claims, policy: TokenPolicy, nowSeconds: number): Caller {
  if (claims.iss !== policy.issuer) throw invalidToken('issuer')
  const expiresAt = seconds(claims, 'exp')
  if (expiresAt === undefined) throw invalidToken('no_expiry')
  if (expiresAt + CLOCK_TOLERANCE_SECONDS <= nowSeconds) throw invalidToken('expired')
  if (!isFor(policy.audience, claims.aud)) throw invalidToken('audience')
  for (const name of ['iat', 'nbf'])
    if ((seconds(claims, name) ?? 0) > nowSeconds + CLOCK_TOLERANCE_SECONDS)
      throw invalidToken('not_yet_valid')
  const subject = text(claims, 'sub')
  const client = text(claims, 'cid', subject)
  const scopes = scopesOf(claims)
  return Object.freeze({ subject, client, scopes, expiresAt, ...confirmation(claims), ...tokenId(claims) })
}

/** Nothing is decided by it: one that is no plain word is as good as none. */
const tokenId = ({ jti }: Claims): Pick<Caller, 'tokenId'> =>
  typeof jti === 'string' && /^[\w.~-]{1,128}$/.test(jti) ? { tokenId: jti } : {}

const isFor = (audience: string, aud: unknown) =>
  aud === audience ||
  (Array.isArray(aud) && aud.every((one) => typeof one === 'string') && aud.includes(audience))

function seconds(claims: Claims, name: string): number | undefined {
  if (!Object.hasOwn(claims, name)) return undefined
  const value = claims[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(Math.trunc(value)) || value < 0)
    throw invalidToken('not_a_time')
  return value
}

function text(claims: Claims, name: string, fallback?: string): string {
  const value = Object.hasOwn(claims, name) ? claims[name] : fallback
  if (typeof value !== 'string' || value === '') throw invalidToken('not_text')
  return value
}

function scopesOf(claims: Claims): ReadonlySet<string> {
  const scp = Object.hasOwn(claims, 'scp') ? claims.scp : []
  if (!Array.isArray(scp) || scp.length > MAX_SCOPES || scp.some((one) => typeof one !== 'string'))
    throw invalidToken('scopes')
  return new Set(scp as string[])
}

/** A confirmation of another kind, as of a certificate (RFC 8705), is one that nobody here would check. */
function confirmation(claims: Claims): Pick<Caller, 'jkt'> {
  if (!Object.hasOwn(claims, 'cnf')) return {}
  const cnf = claims.cnf as Claims | null
  const jkt = typeof cnf === 'object' && cnf !== null && Object.keys(cnf).length === 1 ? cnf.jkt : undefined
  if (typeof jkt !== 'string' || !THUMBPRINT.test(jkt)) throw invalidToken('confirmation')
  return { jkt }
}
