/** An access token, what it may and when it ends (milliseconds since 1970). */
export type StoredAccessToken = {
  readonly token: string
  readonly scopes: readonly string[]
  readonly endsAt: number
}

/** What a signed-in person has here. It never leaves this server. */
export type Grant = {
  readonly subject: string
  readonly access: StoredAccessToken
  readonly refresh: string | undefined
  readonly idToken: string
}
