import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
  tokenRevocation,
} from 'openid-client'
import { mapOidcErrors } from './oidc-errors.ts'

/** The values that a callback is validated against. */
export type SignInChecks = { readonly state: string; readonly nonce: string; readonly verifier: string }

/** The tokens of a token response. */
export type TokenSet = {
  readonly accessToken: string
  /** Undefined where they are the requested ones (RFC 6749 §5.1). */
  readonly scopes: readonly string[] | undefined
  readonly expiresInMs: number
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  /** From the ID token; undefined when a refresh returned none. */
  readonly subject: string | undefined
}

type OidcClientOptions = {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** A function, because the port may be chosen at listen time. */
  readonly getRedirectUri: () => string
}

export type OidcClient = ReturnType<typeof createOidcClient>

const TIMEOUT_SECONDS = 5
/** Lifetime of an access token whose response has no `expires_in`. */
const DEFAULT_LIFETIME_SECONDS = 60

/**
 * Creates a confidential client of the authorization server. Discovery happens at the first call, so that the web app
 * starts without the authorization server.
 * @throws (each function) PageError `issuerUnavailable` when there is no response, or no expected one
 */
export function createOidcClient({ issuer, client, getRedirectUri }: OidcClientOptions) {
  let discovered: Promise<Configuration> | undefined
  const getServer = () => {
    discovered ??= mapOidcErrors(() => discoverServer({ issuer, client, getRedirectUri }))
    discovered.catch(() => {
      discovered = undefined
    })
    return discovered
  }
  return Object.freeze({
    /** Starts a sign-in: returns the authorization URL, and the checks for its callback (RFC 9700 §2.1). */
    async startAuthorization(scopes: readonly string[]): Promise<SignInChecks & { url: string }> {
      const server = await getServer()
      const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()]
      const url = buildAuthorizationUrl(server, {
        redirect_uri: getRedirectUri(),
        scope: scopes.join(' '),
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { state, nonce, verifier, url: url.href }
    },

    /**
     * Exchanges the code of a callback. Checks state, issuer (RFC 9207), code verifier, ID token and nonce.
     * @param search the callback's query string
     * @throws PageError `invalidSignInResponse`, or SignInDeniedError for an error response
     */
    async exchangeCode(search: string, { state, nonce, verifier }: SignInChecks): Promise<TokenSet> {
      const server = await getServer()
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier }
      const callbackUrl = new URL(`${getRedirectUri()}${search}`)
      return toTokenSet(await mapOidcErrors(() => authorizationCodeGrant(server, callbackUrl, checks)))
    },

    /** @throws PageError `signedOut` when the refresh token is invalid or expired */
    async refreshTokens(refreshToken: string): Promise<TokenSet> {
      const server = await getServer()
      return toTokenSet(
        await mapOidcErrors(() => refreshTokenGrant(server, refreshToken), { invalid_grant: 'signedOut' }),
      )
    },

    /** @throws PageError `tokenRejected` */
    async fetchUserInfo(accessToken: string, subject: string) {
      const server = await getServer()
      return mapOidcErrors(() => fetchUserInfo(server, accessToken, subject), {
        invalid_token: 'tokenRejected',
      })
    },

    async revokeRefreshToken(refreshToken: string): Promise<void> {
      const server = await getServer()
      await mapOidcErrors(() => tokenRevocation(server, refreshToken, { token_type_hint: 'refresh_token' }))
    },

    /** Returns the URL that ends the user's session at the authorization server (OpenID Connect RP-Initiated Logout 1.0 §2). */
    async buildSignOutUrl(idToken: string, postLogoutRedirectUri: string, state: string): Promise<string> {
      const parameters = {
        id_token_hint: idToken,
        post_logout_redirect_uri: postLogoutRedirectUri,
        state,
      }
      return buildEndSessionUrl(await getServer(), parameters).href
    },

    async getTokenEndpoint(): Promise<string> {
      return (await getServer()).serverMetadata().token_endpoint ?? `${issuer}/v1/token`
    },
  })
}

async function discoverServer({ issuer, client, getRedirectUri }: OidcClientOptions): Promise<Configuration> {
  const server = await discovery(new URL(issuer), client.id, undefined, ClientSecretBasic(client.secret), {
    timeout: TIMEOUT_SECONDS,
    execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
  })
  server[customFetch] = (url, options) => {
    // Okta compares redirect URIs byte for byte, and a URL cannot hold an origin without a trailing slash.
    const { body } = options
    if (body instanceof URLSearchParams && body.has('redirect_uri'))
      body.set('redirect_uri', getRedirectUri())
    return fetch(url, options as RequestInit)
  }
  return server
}

function toTokenSet(response: TokenEndpointResponse & TokenEndpointResponseHelpers): TokenSet {
  return {
    accessToken: response.access_token,
    scopes: response.scope?.split(' ').filter(Boolean),
    expiresInMs: (response.expiresIn() ?? DEFAULT_LIFETIME_SECONDS) * 1_000,
    refreshToken: response.refresh_token,
    idToken: response.id_token,
    subject: response.claims()?.sub,
  }
}
