import { randomBytes } from 'node:crypto'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { Grant, StoredAccessToken } from './grant.ts'
import type { SessionLifetimes } from './limits.ts'
import type { OidcClient, TokenSet } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import { createTokenRefresh } from './token-refresh.ts'

type Options = {
  readonly oidcClient: OidcClient
  readonly stores: ExpiringStores
  readonly lifetimes: SessionLifetimes
  readonly now: () => number
}

export type GrantStore = ReturnType<typeof createGrantStore>

/** A token is renewed so long before it ends. */
const EARLY_MS = 60_000

/**
 * The tokens of signed-in people, each grant by a random id that the session holds. A token with more scopes, got by a
 * step-up, is kept beside the everyday one, which stays as it is.
 * @throws (each function) PageError `signedOut` when there is no such grant any more
 */
export function createGrantStore({ oidcClient, stores, lifetimes, now }: Options) {
  const grants = stores.open<Grant>('grant')
  const extras = stores.open<StoredAccessToken>('extra')
  const held = (
    { accessToken, scopes, expiresInMs }: TokenSet,
    asked: readonly string[],
  ): StoredAccessToken => ({
    token: accessToken,
    scopes: scopes ?? asked,
    endsAt: now() + expiresInMs,
  })
  const fresh = ({ endsAt }: StoredAccessToken) => endsAt - now() > EARLY_MS
  const renewed = createTokenRefresh({ oidcClient, grants, toStoredAccessToken: held })

  async function get(id: string): Promise<Grant> {
    const grant = await grants.get(id)
    if (!grant) throw new PageError('signedOut')
    return grant
  }

  async function getStepUpToken(id: string): Promise<StoredAccessToken | undefined> {
    const kept = await extras.get(id)
    return kept && fresh(kept) ? kept : undefined
  }

  async function getAccessToken(id: string): Promise<StoredAccessToken> {
    const { access } = await get(id)
    if (fresh(access)) return access
    return renewed(id, access).catch((error) => {
      // What is good for some seconds yet is good enough while the issuer is away.
      if (error instanceof PageError && error.kind === 'issuerUnavailable' && access.endsAt > now())
        return access
      throw error
    })
  }

  return Object.freeze({
    get,
    getAccessToken,
    getStepUpToken,
    /** @returns the new grant's id */
    async create(
      tokens: TokenSet & { subject: string; idToken: string },
      requestedScopes: readonly string[],
    ): Promise<string> {
      const id = randomBytes(24).toString('base64url')
      const { subject, refreshToken, idToken } = tokens
      await grants.set(
        id,
        { subject, refresh: refreshToken, idToken, access: held(tokens, requestedScopes) },
        lifetimes.sessionMs,
      )
      return id
    },
    /** A token for these scopes if there is one, else the everyday one; renewed where that is due. */
    async getTokenForScopes(id: string, scopes: readonly string[]): Promise<StoredAccessToken> {
      const more = await getStepUpToken(id)
      return more && scopes.every((scope) => more.scopes.includes(scope)) ? more : getAccessToken(id)
    },
    /** Another token in place of one that was refused. */
    async replaceRejectedToken(id: string, rejected: StoredAccessToken): Promise<StoredAccessToken> {
      const more = await extras.get(id)
      if (more?.token !== rejected.token) return renewed(id, rejected)
      await extras.delete(id)
      return getAccessToken(id)
    },
    /** @returns the token with more scopes, as it is kept now */
    async saveStepUpToken(
      id: string,
      tokens: TokenSet,
      requestedScopes: readonly string[],
    ): Promise<StoredAccessToken> {
      const more = held(tokens, requestedScopes)
      await extras.set(id, more, tokens.expiresInMs)
      return more
    },
    /** Forgets everything. @returns what there was, for whoever ends it at the issuer too */
    async take(id: string): Promise<Grant | undefined> {
      await extras.delete(id)
      return grants.getAndDelete(id)
    },
  })
}
