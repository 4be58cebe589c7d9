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

/** What one sign-in is recognised by when it comes back. */
export type SignInChecks = { readonly state: string; readonly nonce: string; readonly verifier: string }

/** What the authorization server gave. */
export type TokenSet = {
  readonly accessToken: string
  /** Undefined where they are those that were asked for (RFC 6749 §5.1). */
  readonly scopes: readonly string[] | undefined
  readonly expiresInMs: number
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  /** From the ID token; undefined after a refresh that brought none. */
  readonly subject: string | undefined
}

type Options = {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** Known once the web app listens, when any free port was asked for. */
  readonly getRedirectUri: () => string
}

export type OidcClient = ReturnType<typeof createOidcClient>

const TIMEOUT_SECONDS = 5
/** Where a token ends that does not say when: soon. */
const UNKNOWN_LIFE_SECONDS = 60

/**
 * The authorization server, as a confidential client sees it. It is looked for when it is first needed, so the web app
 * starts without it.
 * @throws (each function) PageError `issuerUnavailable` when it does not answer as it should
 */
export function createOidcClient({ issuer, client, getRedirectUri }: Options) {
  let known: Promise<Configuration> | undefined
  const found = () => {
    known ??= mapOidcErrors(() => find(issuer, client, getRedirectUri))
    known.catch(() => {
      known = undefined
    })
    return known
  }
  return Object.freeze({
    /** Begins a sign-in: where to send the person, and what to remember (RFC 9700 §2.1). */
    async startAuthorization(scopes: readonly string[]): Promise<SignInChecks & { url: string }> {
      const server = await found()
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
     * Ends a sign-in: state, issuer (RFC 9207), code, verifier, ID token and nonce are checked.
     * @param search the callback's query string
     * @throws PageError `invalidSignInResponse`; SignInDeniedError when the authorization server said no
     */
    async exchangeCode(search: string, { state, nonce, verifier }: SignInChecks): Promise<TokenSet> {
      const server = await found()
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier }
      const here = new URL(`${getRedirectUri()}${search}`)
      return tokens(await mapOidcErrors(() => authorizationCodeGrant(server, here, checks)))
    },

    /** @throws PageError `signedOut` when the refresh token is no longer good */
    async refreshTokens(token: string): Promise<TokenSet> {
      const server = await found()
      return tokens(
        await mapOidcErrors(() => refreshTokenGrant(server, token), { invalid_grant: 'signedOut' }),
      )
    },

    /** @throws PageError `tokenRejected` when the token is not good */
    async fetchUserInfo(token: string, subject: string) {
      const server = await found()
      return mapOidcErrors(() => fetchUserInfo(server, token, subject), { invalid_token: 'tokenRejected' })
    },

    async revokeRefreshToken(token: string): Promise<void> {
      const server = await found()
      await mapOidcErrors(() => tokenRevocation(server, token, { token_type_hint: 'refresh_token' }))
    },

    /** Where a person is signed out there too (OpenID Connect RP-Initiated Logout 1.0 §2). */
    async buildSignOutUrl(idToken: string, postLogoutRedirectUri: string, state: string): Promise<string> {
      const asks = { id_token_hint: idToken, post_logout_redirect_uri: postLogoutRedirectUri, state }
      return buildEndSessionUrl(await found(), asks).href
    },

    async getTokenEndpoint(): Promise<string> {
      return (await found()).serverMetadata().token_endpoint ?? `${issuer}/v1/token`
    },
  })
}

async function find(issuer: string, { id, secret }: Options['client'], redirectUri: () => string) {
  const server = await discovery(new URL(issuer), id, undefined, ClientSecretBasic(secret), {
    timeout: TIMEOUT_SECONDS,
    execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
  })
  server[customFetch] = (url, options) => {
    // Okta compares to the letter what a URL cannot hold: an origin without a slash at its end.
    const { body } = options
    if (body instanceof URLSearchParams && body.has('redirect_uri')) body.set('redirect_uri', redirectUri())
    return fetch(url, options as RequestInit)
  }
  return server
}

function tokens(given: TokenEndpointResponse & TokenEndpointResponseHelpers): TokenSet {
  return {
    accessToken: given.access_token,
    scopes: given.scope?.split(' ').filter(Boolean),
    expiresInMs: (given.expiresIn() ?? UNKNOWN_LIFE_SECONDS) * 1_000,
    refreshToken: given.refresh_token,
    idToken: given.id_token,
    subject: given.claims()?.sub,
  }
}
