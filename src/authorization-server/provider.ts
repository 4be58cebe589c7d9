import { randomBytes } from 'node:crypto'
import type { Configuration, JWK, KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../observability/logger.ts'
import {
  checkClientAssertion,
  checkClientCredentialsScope,
  createAuthorizeParameterChecks,
  createGrantLoader,
  OPENID_SCOPES,
} from './access-policy.ts'
import {
  type ClientRedirectUris,
  createEmbeddedClients,
  EMBEDDED_IDE_CLIENT_ID,
  findUser,
} from './clients-and-users.ts'
import { createMemoryAdapter } from './memory-adapter.ts'
import { interactionPolicy, Provider } from './oidc-provider.ts'
import { applyOktaClaims, canIntrospect } from './okta-access-token.ts'
import { applyOktaResponses, renderErrorPage } from './okta-responses.ts'
import { sendPage } from './pages.ts'
import type { ProviderKeys } from './provider-keys.ts'
import { addSignInPage, SIGN_IN_PATH } from './sign-in.ts'

export type OidcProviderOptions = {
  readonly issuer: string
  readonly audience: string
  /** The API's scopes. */
  readonly scopes: readonly string[]
  readonly keys: ProviderKeys
  /** A function, because the ports of API and web app may be chosen at listen time. */
  readonly redirectUris: () => ClientRedirectUris
  /** Public keys of the client `fakebook-cron-key`, which exists only with them. */
  readonly jobKeys?: readonly JWK[]
  readonly log: Pick<Logger, 'error'>
  /** Used for the login throttle and the refresh token rotation. Other lifetimes use the system's time. */
  readonly clock: Clock
}

const HOUR_SECONDS = 3_600
const DAY_SECONDS = 24 * HOUR_SECONDS
/** Node's codes for a client that sends invalid HTTP, is too slow or disconnects: not logged, since they are no bugs. */
const CLIENT_ERROR = /^(?:HPE_\w+|ECONNRESET|ECONNABORTED|EPIPE|ERR_HTTP_REQUEST_TIMEOUT)$/

/** Creates an oidc-provider that behaves like an Okta custom authorization server. */
export function createOidcProvider(options: OidcProviderOptions): Provider {
  const { issuer, audience, redirectUris, log, clock } = options
  const provider = new Provider(issuer, createConfiguration(options))
  function logError(err: NodeJS.ErrnoException): void {
    if (!CLIENT_ERROR.test(err.code ?? '')) log.error({ err }, 'authorization server error')
  }
  provider.on('server_error', (_, err) => logError(err))
  provider.onerror = logError
  provider.use(async function renderUnexpectedError(ctx, next) {
    try {
      await next()
    } catch (err) {
      logError(err as Error)
      ctx.status = 500
      renderErrorPage(ctx as KoaContextWithOIDC, {
        error: 'server_error',
        error_description: 'The error was logged. Try again.',
      })
    }
  })
  provider.use(async function allowOfflineAccess(ctx, next) {
    // OpenID Connect Core §11 requires prompt=consent for offline_access. At Okta an administrator gives the consent.
    const { scope, prompt = '' } = ctx.query
    const isOffline = ctx.path === '/v1/authorize' && String(scope).split(' ').includes('offline_access')
    if (isOffline && prompt !== 'none') ctx.query = { ...ctx.query, prompt: `${prompt} consent`.trim() }
    await next()
  })
  applyOktaResponses(provider, audience)
  addSignInPage(provider, clock, () => redirectUris().webapp[0] ?? issuer)
  return provider
}

function createConfiguration(options: OidcProviderOptions): Configuration {
  const { issuer, audience, scopes, keys, redirectUris, jobKeys, clock } = options
  const knownScopes = [...OPENID_SCOPES, ...scopes]
  const policy = interactionPolicy.base()
  // Accepts `prompt=consent` without a consent page.
  policy.get('consent')?.checks.clear()
  return {
    adapter: createMemoryAdapter(
      () => createEmbeddedClients(scopes.join(' '), redirectUris(), jobKeys),
      clock.now,
    ),
    jwks: { keys: keys.signing },
    cookies: { keys: keys.cookies },
    scopes: knownScopes,
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    assertJwtClientAuthClaimsAndHeader: (_, claims) => checkClientAssertion(claims, `${issuer}/v1/token`),
    // Okta's paths, relative to the issuer's path.
    routes: {
      authorization: '/v1/authorize',
      token: '/v1/token',
      jwks: '/v1/keys',
      introspection: '/v1/introspect',
      revocation: '/v1/revoke',
      userinfo: '/v1/userinfo',
      end_session: '/v1/logout',
    },
    // Okta's defaults.
    ttl: {
      AccessToken: HOUR_SECONDS,
      ClientCredentials: HOUR_SECONDS,
      IdToken: HOUR_SECONDS,
      AuthorizationCode: 300,
      RefreshToken: 7 * DAY_SECONDS,
      Interaction: HOUR_SECONDS,
      Session: 2 * HOUR_SECONDS,
      Grant: 100 * DAY_SECONDS,
    },
    enabledJWA: { dPoPSigningAlgValues: ['RS256', 'ES256', 'ES384', 'ES512'] },
    // Optional for confidential clients, as at Okta.
    pkce: { required: (_, client) => client.clientAuthMethod === 'none' },
    // Reuse of a refresh token revokes the whole grant (RFC 9700 §4.14.2).
    rotateRefreshToken: true,
    extraParams: createAuthorizeParameterChecks(knownScopes),
    loadExistingGrant: createGrantLoader(audience),
    interactions: {
      url: (_, interaction) => `${new URL(issuer).pathname}${SIGN_IN_PATH}${interaction.uid}`,
      policy,
    },
    features: createFeatures(audience, scopes),
    // The IDE is the only client that runs in a browser.
    clientBasedCORS: (_, origin, { clientId }) =>
      clientId === EMBEDDED_IDE_CLIENT_ID &&
      redirectUris().ide.some((page) => new URL(page).origin === origin),
    renderError: renderErrorPage,
    formats: { customizers: { jwt: applyOktaClaims } },
    findAccount: async (_, login) => ({
      accountId: login,
      claims: async () => {
        const { name } = findUser(login) ?? {}
        return { sub: login, name, preferred_username: login, email: login }
      },
    }),
  }
}

const createFeatures = (audience: string, scopes: readonly string[]): Configuration['features'] => ({
  devInteractions: { enabled: false },
  // Enabled by default, at a path that is not Okta's and that bypasses allowOfflineAccess.
  pushedAuthorizationRequests: { enabled: false },
  clientCredentials: { enabled: true },
  introspection: { enabled: true, allowedPolicy: (_, client, token) => canIntrospect(client, token) },
  // RFC 7009 §2.1: a client may revoke its own tokens only.
  revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
  rpInitiatedLogout: {
    enabled: true,
    // Replaces the confirmation page: okta-responses.ts ends the session once the request is validated.
    logoutSource: (ctx) => {
      ctx.body = ''
    },
    postLogoutSuccessSource: (ctx) => sendPage(ctx, 200, 'signed-out'),
  },
  // The API is the only resource, whether or not a request names it.
  resourceIndicators: {
    enabled: true,
    defaultResource: () => audience,
    useGrantedResource: () => true,
    getResourceServerInfo({ oidc }) {
      if (oidc?.params?.grant_type === 'client_credentials')
        checkClientCredentialsScope(oidc.params.scope, scopes)
      return {
        audience,
        scope: scopes.join(' '),
        accessTokenTTL: HOUR_SECONDS,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }
    },
  },
  // Okta requires a nonce in every proof.
  dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
})
