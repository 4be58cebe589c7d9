import type { ExpiringStore } from '../../lib/expiring-store.ts'
import type { Grant, StoredAccessToken } from './grant.ts'
import type { OidcClient, TokenSet } from './oidc-client.ts'
import { PageError } from './page-error.ts'

type Options = {
  readonly oidcClient: OidcClient
  readonly grants: ExpiringStore<Grant>
  readonly toStoredAccessToken: (tokens: TokenSet, asked: readonly string[]) => StoredAccessToken
}

/**
 * Renews access tokens, once for all who ask at the same time: a refresh token is good once, and using it twice ends
 * everything that came from the same sign-in (RFC 9700 §4.14.2).
 */
export function createTokenRefresh({ oidcClient, grants, toStoredAccessToken }: Options) {
  const underWay = new Map<string, Promise<StoredAccessToken>>()

  async function renew(id: string, old: StoredAccessToken): Promise<StoredAccessToken> {
    const grant = await grants.get(id)
    if (!grant) throw new PageError('signedOut')
    // Somebody was faster.
    if (grant.access.token !== old.token) return grant.access
    if (grant.refresh === undefined) throw new PageError('signedOut')
    try {
      return await replaced(id, grant, await oidcClient.refreshTokens(grant.refresh))
    } catch (error) {
      // Another copy of this server may have been faster still.
      const now = await grants.get(id)
      if (now && now.access.token !== old.token) return now.access
      throw error
    }
  }

  async function replaced(id: string, grant: Grant, tokens: TokenSet): Promise<StoredAccessToken> {
    const access = toStoredAccessToken(tokens, grant.access.scopes)
    const refresh = tokens.refreshToken ?? grant.refresh
    const next = { ...grant, access, refresh, idToken: tokens.idToken ?? grant.idToken }
    if (await grants.replace(id, next)) return access
    // They signed out meanwhile: what came is for nobody.
    if (refresh !== undefined) await oidcClient.revokeRefreshToken(refresh).catch(() => undefined)
    throw new PageError('signedOut')
  }

  return function renewed(id: string, old: StoredAccessToken): Promise<StoredAccessToken> {
    const known = underWay.get(id)
    if (known) return known
    const renewing = renew(id, old).finally(() => underWay.delete(id))
    underWay.set(id, renewing)
    return renewing
  }
}
