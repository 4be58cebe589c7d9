import {
  AuthorizationResponseError,
  buildEndSessionUrl,
  ClientError,
  ClientSecretBasic,
  type Configuration,
  customFetch,
  fetchUserInfo,
  ResponseBodyError,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
  tokenRevocation,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { discoverServer, exchangeCode, type SignInChecks, startAuthorization } from '../authorization-code.ts'
import { PageError, type PageErrorKind } from './page-error.ts'

export type TokenResponse = TokenEndpointResponse & TokenEndpointResponseHelpers

type OidcClientOptions = {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** A function, because the port may be chosen at listen time. */
  readonly getRedirectUri: () => string
}

export type OidcClient = ReturnType<typeof createOidcClient>

const TIMEOUT_SECONDS = 5

/**
 * Creates a confidential client of the authorization server. Discovery happens at the first call, so that the web app
 * starts without the authorization server.
 * @throws (each function) PageError `issuerUnavailable` without a valid response
 */
export function createOidcClient(options: OidcClientOptions) {
  const { getRedirectUri } = options
  let discovered: Promise<Configuration> | undefined

  /** @param invalidGrant the page error of an `invalid_grant` response */
  async function callServer<Result>(
    call: (server: Configuration) => Result | Promise<Result>,
    invalidGrant: PageErrorKind = 'invalidSignInResponse',
  ): Promise<Result> {
    try {
      discovered ??= discoverIssuer(options)
      discovered.catch(() => {
        discovered = undefined
      })
      return await call(await discovered)
    } catch (error) {
      // fetch throws a TypeError with a cause when the connection fails; any other TypeError is a bug.
      if (error instanceof TypeError && error.cause === undefined) throw error
      throw new PageError(toPageErrorKind(error, invalidGrant), error)
    }
  }

  return Object.freeze({
    startAuthorization: (scopes: readonly string[], state: string) =>
      callServer((server) => startAuthorization(server, getRedirectUri(), scopes, state)),

    /**
     * Exchanges the code of a callback.
     * @param search the callback's query string
     * @throws PageError `invalidSignInResponse`, or `signInDenied` for an error response
     */
    exchangeCode(search: string, checks: SignInChecks): Promise<TokenResponse> {
      const callbackUrl = new URL(`${getRedirectUri()}${search}`)
      return callServer((server) => exchangeCode(server, callbackUrl, checks))
    },

    /** @throws PageError `signedOut` when the refresh token is invalid or expired */
    refreshTokens: (refreshToken: string): Promise<TokenResponse> =>
      callServer((server) => refreshTokenGrant(server, refreshToken), 'signedOut'),

    /** @throws PageError `tokenRejected` */
    fetchUserInfo: (accessToken: string, subject: string) =>
      callServer((server) => fetchUserInfo(server, accessToken, subject)),

    /** Does nothing without a refresh token: the authorization server may issue none. */
    async revokeRefreshToken(refreshToken: string | undefined): Promise<void> {
      if (refreshToken === undefined) return
      await callServer((server) =>
        tokenRevocation(server, refreshToken, { token_type_hint: 'refresh_token' }),
      )
    },

    /** Returns the URL that ends the user's session at the authorization server (OpenID Connect RP-Initiated Logout 1.0 §2). */
    buildSignOutUrl(idToken: string, postLogoutRedirectUri: string, state: string): Promise<string> {
      const parameters = {
        id_token_hint: idToken,
        post_logout_redirect_uri: postLogoutRedirectUri,
        state,
      }
      return callServer((server) => buildEndSessionUrl(server, parameters).href)
    },

    getTokenEndpoint: () => callServer((server) => server.serverMetadata().token_endpoint),
  })
}

async function discoverIssuer({ issuer, client, getRedirectUri }: OidcClientOptions): Promise<Configuration> {
  const server = await discoverServer(issuer, client.id, ClientSecretBasic(client.secret), TIMEOUT_SECONDS)
  server[customFetch] = (url, options) => {
    // Okta compares redirect URIs byte for byte, and a URL cannot hold an origin without a trailing slash.
    const { body } = options
    if (body instanceof URLSearchParams && body.has('redirect_uri'))
      body.set('redirect_uri', getRedirectUri())
    return fetch(url, options as RequestInit)
  }
  return server
}

/** Returns true for an error without a response: openid-client's errors about a response or about metadata have a code. */
export function isConnectionFailure({ cause }: Error): boolean {
  const { code } = Object(cause)
  return code === undefined || code === 'OAUTH_TIMEOUT'
}

/** Error codes of a failing authorization server (RFC 6749 §4.1.2.1). */
const SERVER_ERRORS = new Set(['server_error', 'temporarily_unavailable'])
/** Codes of openid-client for a response that failed validation. */
const INVALID_RESPONSE = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
])

function toPageErrorKind(error: unknown, invalidGrant: PageErrorKind): PageErrorKind {
  if (error instanceof AuthorizationResponseError && !SERVER_ERRORS.has(error.error)) return 'signInDenied'
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant') return invalidGrant
  if (error instanceof ClientError && INVALID_RESPONSE.has(error.code ?? '')) return 'invalidSignInResponse'
  const isTokenRejected =
    error instanceof WWWAuthenticateChallengeError &&
    error.cause.some(({ parameters }) => parameters.error === 'invalid_token')
  return isTokenRejected ? 'tokenRejected' : 'issuerUnavailable'
}
