import type { Setup } from './setup.ts'

export type JwtObject = Readonly<Record<string, unknown>>

/** The kind of a token, judged by its unverified content. */
export type TokenKind = 'opaque' | 'encrypted' | 'unreadable' | 'proof' | 'org' | 'id' | 'person' | 'job'

/** Decodes header and claims of a JWT without verifying it. Returns undefined if they are not JSON objects. */
export function decodeUnverifiedJwt(
  token: string,
): { readonly header: JwtObject; readonly claims: JwtObject } | undefined {
  const [header, claims] = token.split('.').slice(0, 2).map(decodeSegment)
  return header && claims ? { header, claims } : undefined
}

/** Formats the value of a claim for a message. */
export const formatClaim = (claim: unknown): string =>
  typeof claim === 'string' ? claim : (JSON.stringify(claim) ?? 'missing')

function decodeSegment(segment: string): JwtObject | undefined {
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
 * Classifies a token by what only its kind has: Okta's typ for its own API, the typ of a DPoP proof (RFC 9449 §4.2),
 * OpenID Connect's nonce and at_hash, and a client id as audience. A JWT whose audience is this API is an access token.
 */
export function classifyToken(token: string, { issuer, audience, job, webapp, ide }: Setup): TokenKind {
  const segments = token.split('.').length
  if (segments === 5) return 'encrypted'
  if (segments !== 3) return 'opaque'
  const jwt = decodeUnverifiedJwt(token)
  if (!jwt) return token.startsWith('eyJ') ? 'unreadable' : 'opaque'
  const { header, claims } = jwt
  if (header.typ === 'dpop+jwt') return 'proof'
  if (header.typ === 'application/okta-internal-at+jwt') return 'org'
  if (![claims.aud].flat().includes(audience)) {
    const clientIds = [job, webapp.client, ide.client].map((client) => client?.id)
    const isForClient = typeof claims.aud === 'string' && clientIds.includes(claims.aud)
    const hasIdTokenClaim = ['nonce', 'at_hash', 'amr'].some((name) => Object.hasOwn(claims, name))
    const looksLikeIdToken = isForClient || hasIdTokenClaim || String(claims.jti).startsWith('ID.')
    if (!Object.hasOwn(claims, 'scp') && looksLikeIdToken) return 'id'
    if (claims.iss === new URL(issuer).origin) return 'org'
  }
  return Object.hasOwn(claims, 'uid') ? 'person' : 'job'
}
