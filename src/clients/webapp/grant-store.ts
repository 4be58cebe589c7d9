import { randomBytes } from 'node:crypto'
import type { ExpiringStore, ExpiringStores } from '../../lib/expiring-store.ts'
import type { SessionLifetimes } from './limits.ts'
import type { OidcClient, TokenSet } from './oidc-client.ts'
import { PageError } from './page-error.ts'

/** An access token with its scopes. `endsAt` is in milliseconds since 1970. */
export type StoredAccessToken = {
  readonly token: string
  readonly scopes: readonly string[]
  readonly endsAt: number
}

/** The tokens of a signed-in user. They never leave the server. */
export type Grant = {
  readonly subject: string
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

/** An access token is refreshed this long before it expires. */
const REFRESH_AHEAD_MS = 60_000

/**
 * Creates the store of grants, by random ids that the sessions hold. A token from a step-up is stored beside the grant's
 * own token, which keeps its scopes.
 * @throws (each function) PageError `signedOut` when the grant does not exist any more
 */
export function createGrantStore({ oidcClient, stores, lifetimes, now }: GrantStoreOptions) {
  const grants = stores.open<Grant>('grant')
  const stepUpTokens = stores.open<StoredAccessToken>('extra')

  const toStoredAccessToken = (
    { accessToken, scopes, expiresInMs }: TokenSet,
    requestedScopes: readonly string[],
  ): StoredAccessToken => ({
    token: accessToken,
    scopes: scopes ?? requestedScopes,
    endsAt: now() + expiresInMs,
  })
  const isFresh = ({ endsAt }: StoredAccessToken) => endsAt - now() > REFRESH_AHEAD_MS
  const refreshAccessToken = createTokenRefresh({ oidcClient, grants, toStoredAccessToken })

  async function get(id: string): Promise<Grant> {
    const grant = await grants.get(id)
    if (!grant) throw new PageError('signedOut')
    return grant
  }

  async function getStepUpToken(id: string): Promise<StoredAccessToken | undefined> {
    const stepUpToken = await stepUpTokens.get(id)
    return stepUpToken && isFresh(stepUpToken) ? stepUpToken : undefined
  }

  async function getAccessToken(id: string): Promise<StoredAccessToken> {
    const { access } = await get(id)
    if (isFresh(access)) return access
    return refreshAccessToken(id, access).catch((error) => {
      // During an outage the token is used until it expires.
      if (error instanceof PageError && error.kind === 'issuerUnavailable' && access.endsAt > now())
        return access
      throw error
    })
  }

  return Object.freeze({
    get,
    getAccessToken,
    getStepUpToken,

    /** Stores the tokens of a sign-in. @returns the new grant's id */
    async create(
      tokens: TokenSet & { subject: string; idToken: string },
      requestedScopes: readonly string[],
    ): Promise<string> {
      const id = randomBytes(24).toString('base64url')
      const { subject, refreshToken, idToken } = tokens
      const access = toStoredAccessToken(tokens, requestedScopes)
      await grants.set(id, { subject, refresh: refreshToken, idToken, access }, lifetimes.sessionMs)
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
      if (stepUpToken?.token !== rejected.token) return refreshAccessToken(id, rejected)
      await stepUpTokens.delete(id)
      return getAccessToken(id)
    },

    /** Stores and returns the token of a step-up. */
    async saveStepUpToken(
      id: string,
      tokens: TokenSet,
      requestedScopes: readonly string[],
    ): Promise<StoredAccessToken> {
      const stepUpToken = toStoredAccessToken(tokens, requestedScopes)
      await stepUpTokens.set(id, stepUpToken, tokens.expiresInMs)
      return stepUpToken
    },

    /** Deletes and returns a grant, so that the caller can end it at the authorization server too. */
    async take(id: string): Promise<Grant | undefined> {
      await stepUpTokens.delete(id)
      return grants.getAndDelete(id)
    },
  })
}

type TokenRefreshOptions = {
  readonly oidcClient: OidcClient
  readonly grants: ExpiringStore<Grant>
  readonly toStoredAccessToken: (tokens: TokenSet, requestedScopes: readonly string[]) => StoredAccessToken
}

/**
 * Creates a function that refreshes a grant's access token, once for all concurrent callers: a refresh token works once,
 * and using it again revokes everything issued from the same sign-in (RFC 9700 §4.14.2).
 */
function createTokenRefresh({ oidcClient, grants, toStoredAccessToken }: TokenRefreshOptions) {
  const pending = new Map<string, Promise<StoredAccessToken>>()

  async function refresh(id: string, old: StoredAccessToken): Promise<StoredAccessToken> {
    const grant = await grants.get(id)
    if (!grant) throw new PageError('signedOut')
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

  async function replaceTokens(id: string, grant: Grant, tokens: TokenSet): Promise<StoredAccessToken> {
    const access = toStoredAccessToken(tokens, grant.access.scopes)
    const refreshToken = tokens.refreshToken ?? grant.refresh
    const idToken = tokens.idToken ?? grant.idToken
    if (await grants.replace(id, { ...grant, access, refresh: refreshToken, idToken })) return access
    // The user signed out during the refresh: revoke the new tokens.
    if (refreshToken !== undefined) await oidcClient.revokeRefreshToken(refreshToken).catch(() => undefined)
    throw new PageError('signedOut')
  }

  return function refreshAccessToken(id: string, old: StoredAccessToken): Promise<StoredAccessToken> {
    const running = pending.get(id)
    if (running) return running
    const refreshing = refresh(id, old).finally(() => pending.delete(id))
    pending.set(id, refreshing)
    return refreshing
  }
}
