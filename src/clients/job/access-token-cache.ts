import type { Clock } from '../../lib/clock.ts'

/** A token is renewed this long before it expires, so that a request with it still arrives in time. */
const RENEWAL_MARGIN_MS = 60_000

type TokenResponse = { readonly access_token: string; readonly expires_in?: number | undefined }
type CacheEntry = {
  readonly response: Promise<TokenResponse>
  token: string | undefined
  /** On the monotonic clock, in milliseconds. */
  expiresAt: number
}

/** A cache of access tokens by their scopes. */
export type AccessTokenCache = {
  readonly get: (scopes: readonly string[]) => Promise<string>
  /** Removes a token that the API rejected. */
  readonly invalidate: (token: string) => void
}

/**
 * Creates a cache of access tokens. Concurrent calls for the same scopes share one token request.
 * @param fetchToken requests a token; its errors are passed on and not cached
 */
export function createAccessTokenCache(
  clock: Clock,
  fetchToken: (scope: string) => Promise<TokenResponse>,
): AccessTokenCache {
  const entries = new Map<string, CacheEntry>()

  async function fetchEntry(scope: string): Promise<CacheEntry> {
    const entry: CacheEntry = {
      response: fetchToken(scope),
      token: undefined,
      expiresAt: Number.POSITIVE_INFINITY,
    }
    entries.set(scope, entry)
    try {
      const { access_token, expires_in = 0 } = await entry.response
      const lifetimeMs = expires_in * 1_000
      entry.expiresAt = clock.monotonicNow() + lifetimeMs - Math.min(RENEWAL_MARGIN_MS, lifetimeMs / 2)
      entry.token = access_token
    } catch (error) {
      entries.delete(scope)
      throw error
    }
    return entry
  }

  return {
    async get(scopes) {
      const scope = scopes.join(' ')
      const cached = entries.get(scope)
      const { response } =
        cached && clock.monotonicNow() < cached.expiresAt ? cached : await fetchEntry(scope)
      return (await response).access_token
    },
    invalidate(token) {
      for (const [scope, entry] of entries) if (entry.token === token) entries.delete(scope)
    },
  }
}
