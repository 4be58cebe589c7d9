import type { Clock } from '../../lib/clock.ts'

/** Renewed so long before its end that a request with it still arrives in time. */
const MARGIN = 60_000

type Grant = { readonly access_token: string; readonly expires_in?: number | undefined }
type Held = { readonly grant: Promise<Grant>; token: string | undefined; ends: number }

/** Gives tokens, one for each set of scopes, for as long as they are good. */
export type AccessTokenCache = {
  readonly get: (scopes: readonly string[]) => Promise<string>
  /** Forgets a token that the API refused. */
  readonly invalidate: (token: string) => void
}

/**
 * Remembers tokens. Whoever asks at the same time gets the same one.
 * @param fetchToken asks the authorization server; what it throws is thrown, and nothing is remembered
 */
export function createAccessTokenCache(
  clock: Clock,
  fetchToken: (scope: string) => Promise<Grant>,
): AccessTokenCache {
  const held = new Map<string, Held>()

  async function fetched(scope: string): Promise<Held> {
    const asked: Held = { grant: fetchToken(scope), token: undefined, ends: Number.POSITIVE_INFINITY }
    held.set(scope, asked)
    try {
      const { access_token, expires_in = 0 } = await asked.grant
      const lasts = expires_in * 1_000
      asked.ends = clock.monotonicNow() + lasts - Math.min(MARGIN, lasts / 2)
      asked.token = access_token
    } catch (error) {
      held.delete(scope)
      throw error
    }
    return asked
  }

  return Object.freeze({
    async get(scopes) {
      const scope = scopes.join(' ')
      const known = held.get(scope)
      const { grant } = known && clock.monotonicNow() < known.ends ? known : await fetched(scope)
      return (await grant).access_token
    },
    invalidate(token) {
      for (const [scope, known] of held) if (known.token === token) held.delete(scope)
    },
  } satisfies AccessTokenCache)
}
