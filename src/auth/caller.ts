/** The verified identity behind a request. Frozen. */
export type Caller = {
  readonly subject: string
  readonly client: string
  readonly scopes: ReadonlySet<string>
  /** Seconds since 1970. */
  readonly expiresAt: number
  /** The thumbprint of the key that each request must prove possession of (RFC 9449 §6.1); absent for a bearer token. */
  readonly jkt?: string
  /** The token's `jti`, if it has a plain one, for the audit log. */
  readonly tokenId?: string
}
