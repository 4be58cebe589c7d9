import { randomBytes } from 'node:crypto'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { OidcClient, TokenResponse } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import type { SessionLifetimes } from './session-store.ts'

/** An access token with its scopes. Times are in milliseconds since 1970. */
type StoredAccessToken = {
  readonly token: string
  readonly scopes: readonly string[]
  readonly refreshAt: number
  readonly endsAt: number
}

/** The tokens of a signed-in user. They never leave the server. */
type Grant = {
  readonly access: StoredAccessToken
  readonly refresh: string | undefined
  readonly idToken: string
}

type GrantStoreOptions = {
  readonly oidcClient: OidcClient
  readonly stores: ExpiringStores
  readonly lifetimes: SessionLifetimes
  readonly now: () => number
}

export type GrantStore = ReturnType<typeof createGrantStore>

/** An access token is refreshed this long before it expires, but not in the first half of its lifetime. */
const REFRESH_AHEAD_MS = 60_000
/** Lifetime of an access token whose response has no `expires_in`. */
const DEFAULT_LIFETIME_SECONDS = 60

/**
 * Creates the store of grants, by random ids that the sessions hold. A token from a step-up is stored beside the grant's
 * own token, which keeps its scopes.
 * @throws (getAccessToken, getTokenForScopes, replaceRejectedToken) PageError `signedOut` when the grant no longer exists
 */
export function createGrantStore({ oidcClient, stores, lifetimes, now }: GrantStoreOptions) {
  const grants = stores.open<Grant>('grant')
  const stepUpTokens = stores.open<StoredAccessToken>('extra')
  /** The refreshes in progress, by the grant's id. */
  const refreshes = new Map<string, Promise<StoredAccessToken>>()

  const isFresh = ({ refreshAt }: StoredAccessToken) => refreshAt > now()

  function toStoredAccessToken(response: TokenResponse, requestedScopes: readonly string[]) {
    const lifetimeMs = (response.expiresIn() ?? DEFAULT_LIFETIME_SECONDS) * 1_000
    const endsAt = now() + lifetimeMs
    return {
      token: response.access_token,
      // A response without scopes grants the requested ones (RFC 6749 §5.1).
      scopes: response.scope?.split(' ').filter(Boolean) ?? requestedScopes,
      refreshAt: endsAt - Math.min(REFRESH_AHEAD_MS, lifetimeMs / 2),
      endsAt,
    }
  }

  async function get(id: string): Promise<Grant> {
    const grant = await grants.get(id)
    if (!grant) throw new PageError('signedOut')
    return grant
  }

  async function refresh(id: string, old: StoredAccessToken): Promise<StoredAccessToken> {
    const grant = await get(id)
    // Another request has refreshed it already.
    if (grant.access.token !== old.token) return grant.access
    if (grant.refresh === undefined) throw new PageError('signedOut')
    try {
      return await replaceTokens(id, grant, await oidcClient.refreshTokens(grant.refresh))
    } catch (error) {
      // Another copy of the web app may have used the refresh token first.
      const current = await grants.get(id)
      if (current && current.access.token !== old.token) return current.access
      throw error
    }
  }

  async function replaceTokens(id: string, grant: Grant, response: TokenResponse) {
    const access = toStoredAccessToken(response, grant.access.scopes)
    const { refresh_token: refreshToken = grant.refresh, id_token: idToken = grant.idToken } = response
    if (await grants.replace(id, { access, refresh: refreshToken, idToken })) return access
    // The user signed out during the refresh: revoke the new tokens.
    await oidcClient.revokeRefreshToken(refreshToken).catch(() => undefined)
    throw new PageError('signedOut')
  }

  /**
   * Refreshes a grant's access token, once for all concurrent callers: a refresh token works once, and using it again
   * revokes everything issued from the same sign-in (RFC 9700 §4.14.2).
   */
  function refreshOnce(id: string, old: StoredAccessToken): Promise<StoredAccessToken> {
    const running = refreshes.get(id)
    if (running) return running
    const refreshing = refresh(id, old).finally(() => refreshes.delete(id))
    refreshes.set(id, refreshing)
    return refreshing
  }

  /** Returns the grant's own token, refreshed when due. */
  async function getAccessToken(id: string): Promise<StoredAccessToken> {
    const { access } = await get(id)
    if (isFresh(access)) return access
    return refreshOnce(id, access).catch((error) => {
      // During an outage the token is used until it expires.
      if (error instanceof PageError && error.kind === 'issuerUnavailable' && access.endsAt > now())
        return access
      throw error
    })
  }

  /** Returns the token of the last step-up; undefined if there is none or it expires soon. */
  async function getStepUpToken(id: string): Promise<StoredAccessToken | undefined> {
    const stepUpToken = await stepUpTokens.get(id)
    return stepUpToken && isFresh(stepUpToken) ? stepUpToken : undefined
  }

  return Object.freeze({
    getAccessToken,
    getStepUpToken,

    /** Stores the tokens of a sign-in. @returns the new grant's id */
    async create(response: TokenResponse, idToken: string, requestedScopes: readonly string[]) {
      const id = randomBytes(24).toString('base64url')
      const access = toStoredAccessToken(response, requestedScopes)
      await grants.set(id, { access, refresh: response.refresh_token, idToken }, lifetimes.sessionMs)
      return id
    },

    /** Returns the step-up token if it has these scopes, otherwise the grant's own token, refreshed when due. */
    async getTokenForScopes(id: string, scopes: readonly string[]): Promise<StoredAccessToken> {
      const stepUpToken = await getStepUpToken(id)
      return stepUpToken && scopes.every((scope) => stepUpToken.scopes.includes(scope))
        ? stepUpToken
        : getAccessToken(id)
    },

    /** Returns another token after the API rejected one. */
    async replaceRejectedToken(id: string, rejected: StoredAccessToken): Promise<StoredAccessToken> {
      const stepUpToken = await stepUpTokens.get(id)
      if (stepUpToken?.token !== rejected.token) return refreshOnce(id, rejected)
      await stepUpTokens.delete(id)
      return getAccessToken(id)
    },

    /** Stores the token of a step-up until it expires, and returns it. */
    async saveStepUpToken(id: string, response: TokenResponse, requestedScopes: readonly string[]) {
      const stepUpToken = toStoredAccessToken(response, requestedScopes)
      await stepUpTokens.set(id, stepUpToken, stepUpToken.endsAt - now())
      return stepUpToken
    },

    /** Deletes and returns a grant, so that the caller can end it at the authorization server too. */
    async take(id: string): Promise<Grant | undefined> {
      await stepUpTokens.delete(id)
      return grants.getAndDelete(id)
    },
  })
}
