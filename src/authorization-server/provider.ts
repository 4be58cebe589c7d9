import { randomBytes } from 'node:crypto'
import { type Configuration, errors, interactionPolicy, Provider } from 'oidc-provider'
import {
  clientCredentialsScopeError,
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
import { canIntrospect } from './introspection.ts'
import { createMemoryAdapter } from './memory-adapter.ts'
import { buildUserClaims, createOktaJwtCustomizer, createTokenIdReader } from './okta-access-token.ts'
import { applyOktaResponses, renderErrorPage } from './okta-responses.ts'
import { signedOutPage } from './pages.ts'
import type { ProviderKeys } from './provider-keys.ts'
import { SIGN_IN_PATH } from './sign-in-handler.ts'

type Options = {
  readonly issuer: string
  readonly audience: string
  readonly scopes: readonly string[]
  readonly keys: ProviderKeys
  readonly redirectUris: () => ClientRedirectUris
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const HOUR = 3_600
const DAY = 24 * HOUR

/** Seconds; Okta's defaults. */
const LIFETIMES = {
  AccessToken: HOUR,
  ClientCredentials: HOUR,
  IdToken: HOUR,
  AuthorizationCode: 300,
  RefreshToken: 7 * DAY,
  Interaction: HOUR,
  Session: 2 * HOUR,
  Grant: 100 * DAY,
}

/** An oidc-provider that speaks as an Okta custom authorization server does. */
export function createOidcProvider(options: Options): Provider {
  const provider = new Provider(options.issuer, configuration(options))
  provider.on('server_error', (_, error) => console.error(`authorization server: ${error.message}`))
  provider.use(async function allowOfflineAccess(ctx, next) {
    // OpenID Connect Core §11 wants consent for it; Okta's administrator has given it for everybody.
    const { scope, prompt = '' } = ctx.query
    const asked = ctx.path === '/v1/authorize' && String(scope).split(' ').includes('offline_access')
    if (asked && prompt !== 'none') ctx.query = { ...ctx.query, prompt: `${prompt} consent`.trim() }
    await next()
  })
  applyOktaResponses(provider, options.audience)
  return provider
}

function configuration({ issuer, audience, scopes, keys, redirectUris, now }: Options): Configuration {
  const clients = () => createEmbeddedClients(scopes.join(' '), redirectUris())
  const adapter = createMemoryAdapter({ clients, readTokenId: createTokenIdReader(keys), now })
  const known = new Set([...OPENID_SCOPES, ...scopes])
  return {
    adapter,
    jwks: { keys: keys.signing as NonNullable<Configuration['jwks']>['keys'] },
    cookies: { keys: keys.cookies },
    scopes: [...known],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    // Okta's paths below {issuer}; the prefix is stripped before the request comes here.
    routes: {
      authorization: '/v1/authorize',
      token: '/v1/token',
      jwks: '/v1/keys',
      introspection: '/v1/introspect',
      revocation: '/v1/revoke',
      userinfo: '/v1/userinfo',
      end_session: '/v1/logout',
    },
    ttl: LIFETIMES,
    enabledJWA: { dPoPSigningAlgValues: ['RS256', 'ES256', 'ES384', 'ES512'] },
    // Okta leaves it to an application that has a secret.
    pkce: { required: (_, client) => client.clientAuthMethod === 'none' },
    // A refresh token is good once; used again, it ends all that came from the same sign-in.
    rotateRefreshToken: true,
    extraParams: createAuthorizeParameterChecks(known),
    loadExistingGrant: createGrantLoader(audience),
    interactions: {
      url: (_, interaction) => `${new URL(issuer).pathname}${SIGN_IN_PATH}${interaction.uid}`,
      policy: withoutConsent(),
    },
    features: features(audience, scopes),
    // Only the IDE runs in a browser, and only in pages of its own.
    clientBasedCORS: (_, origin, { clientId }) =>
      clientId === EMBEDDED_IDE_CLIENT_ID &&
      redirectUris().ide.some((page) => new URL(page).origin === origin),
    renderError: (ctx, out) => renderErrorPage(ctx, out, ctx.status),
    formats: { customizers: { jwt: createOktaJwtCustomizer(adapter) } },
    extraTokenClaims: (ctx, token) =>
      token.kind === 'AccessToken' ? buildUserClaims(ctx, token.accountId) : {},
    findAccount: async (_, login) => ({
      accountId: login,
      claims: async () => ({
        sub: login,
        name: findUser(login)?.name,
        preferred_username: login,
        email: login,
      }),
    }),
  }
}

/** The sign-in alone may stop a request: `prompt=consent` is taken, and asks nothing. */
function withoutConsent() {
  const policy = interactionPolicy.base()
  policy.get('consent')?.checks.clear()
  return policy
}

type Features = NonNullable<Configuration['features']>

const features = (audience: string, scopes: readonly string[]): Features => ({
  devInteractions: { enabled: false },
  // On by default, at a path that is not Okta's, and without the leave for offline_access that is given above.
  pushedAuthorizationRequests: { enabled: false },
  clientCredentials: { enabled: true },
  introspection: { enabled: true, allowedPolicy: (_, client, token) => canIntrospect(client, token) },
  // RFC 7009 §2.1: a client takes back what it was given itself.
  revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
  rpInitiatedLogout: {
    enabled: true,
    // The session is ended once oidc-provider has looked at the request; it asks nobody.
    logoutSource(ctx) {
      ctx.body = ''
    },
    postLogoutSuccessSource(ctx) {
      ctx.body = signedOutPage()
    },
  },
  resourceIndicators: oneResource(audience, scopes),
  // Okta lets no proof pass without a nonce of its own.
  dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
})

/** The one API that tokens are for, named or not. */
function oneResource(audience: string, scopes: readonly string[]): Features['resourceIndicators'] {
  const known = new Set(scopes)
  return {
    enabled: true,
    defaultResource: () => audience,
    useGrantedResource: () => true,
    getResourceServerInfo(ctx) {
      if (ctx.oidc?.params?.grant_type === 'client_credentials') refuseScope(ctx.oidc.params.scope, known)
      return {
        audience,
        scope: scopes.join(' '),
        accessTokenTTL: HOUR,
        accessTokenFormat: 'jwt' as const,
        jwt: { sign: { alg: 'RS256' as const } },
      }
    },
  }
}

function refuseScope(scope: unknown, known: ReadonlySet<string>): void {
  const reason = clientCredentialsScopeError(typeof scope === 'string' ? scope : undefined, known)
  if (reason) throw new errors.CustomOIDCProviderError('invalid_scope', reason)
}
