import type { Setup } from './setup.ts'

export type JwtObject = Readonly<Record<string, unknown>>

/** What a token is, as far as it says itself. */
export type TokenKind = 'opaque' | 'encrypted' | 'unreadable' | 'proof' | 'org' | 'id' | 'person' | 'job'

/** Header and claims of a JWT, unchecked; undefined when it cannot be read. */
export function decodeUnverifiedJwt(
  token: string,
): { readonly header: JwtObject; readonly claims: JwtObject } | undefined {
  const [header, claims] = token.split('.').slice(0, 2).map(objectIn)
  return header && claims ? { header, claims } : undefined
}

/** A claim as it can be told to people. */
export const formatClaim = (claim: unknown): string =>
  typeof claim === 'string' ? claim : (JSON.stringify(claim) ?? 'nobody')

function objectIn(segment: string): JwtObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JwtObject)
      : undefined
  } catch {
    return undefined
  }
}

/**
 * Tells tokens apart by what only they have: Okta's typ for its own API, RFC 9449's for a proof, OpenID Connect's nonce,
 * at_hash and client id as audience. What is for this API is an access token, whatever else it says.
 */
export function classifyToken(token: string, { issuer, audience, job, webapp, ide }: Setup): TokenKind {
  const segments = token.split('.').length
  if (segments === 5) return 'encrypted'
  if (segments !== 3) return 'opaque'
  const parts = decodeUnverifiedJwt(token)
  if (!parts) return token.startsWith('eyJ') ? 'unreadable' : 'opaque'
  const { header, claims } = parts
  if (header.typ === 'dpop+jwt') return 'proof'
  if (header.typ === 'application/okta-internal-at+jwt') return 'org'
  if (![claims.aud].flat().includes(audience)) {
    const clients = [job, webapp.client, ide.client].map((client) => client?.id)
    const forClient = typeof claims.aud === 'string' && clients.includes(claims.aud)
    const says = ['nonce', 'at_hash', 'amr'].some((name) => Object.hasOwn(claims, name))
    if (!Object.hasOwn(claims, 'scp') && (forClient || says || String(claims.jti).startsWith('ID.')))
      return 'id'
    if (claims.iss === new URL(issuer).origin) return 'org'
  }
  return Object.hasOwn(claims, 'uid') ? 'person' : 'job'
}
