import { randomBytes } from 'node:crypto'
import { type Configuration, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { memoryAdapter } from './adapter.ts'
import type { IssuerKeys } from './keys.ts'
import { type Fault, oktaError, scopeRefusal } from './okta-errors.ts'
import { errorPage } from './pages.ts'
import { embeddedClients, type Places, userIdOf } from './registry.ts'
import { SIGN_IN } from './sign-in.ts'

type Options = {
  readonly issuer: string
  readonly audience: string
  readonly scopes: readonly string[]
  readonly keys: IssuerKeys
  readonly places: () => Places
}

/** What discovery lists; Okta keeps an API's own scopes to itself. */
const STANDARD_SCOPES = ['openid', 'profile', 'email', 'offline_access']
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
export function createProvider(options: Options): Provider {
  const provider = new Provider(options.issuer, configuration(options))
  const faults = new WeakMap<object, Fault>()
  provider.on('grant.error', (ctx, error) => faults.set(ctx, error as Fault))
  provider.on('server_error', (_, error) => console.error(`authorization server: ${error.message}`))
  provider.use(async function allowOfflineAccess(ctx, next) {
    // OpenID Connect Core §11 wants consent for it; Okta's administrator has given it for everybody.
    const { scope, prompt = '' } = ctx.query
    const asked = ctx.path === '/v1/authorize' && String(scope).split(' ').includes('offline_access')
    if (asked && prompt !== 'none') ctx.query = { ...ctx.query, prompt: `${prompt} consent`.trim() }
    await next()
  })
  provider.use(async function answerAsOkta(ctx, next) {
    await next()
    const { oidc } = ctx as KoaContextWithOIDC
    if (oidc?.route === 'discovery') Object.assign(ctx.body as object, { scopes_supported: STANDARD_SCOPES })
    const granted = oidc?.route === 'token' && grantOf(oidc)?.scope
    if (granted && ctx.status === 200) Object.assign(ctx.body as object, { scope: granted })
    const fault = faults.get(ctx)
    const answer = fault && oktaError(fault, sentBy(ctx as KoaContextWithOIDC))
    if (!answer) return
    const { status, ...body } = answer
    ctx.status = status
    ctx.body = body
  })
  return provider
}

function sentBy(ctx: KoaContextWithOIDC) {
  const parameters = ctx.oidc?.params ?? {}
  return {
    header: ctx.get('authorization') !== '',
    client: parameters.client_id !== undefined,
    secret: parameters.client_secret !== undefined || parameters.client_assertion !== undefined,
    grant: String(parameters.grant_type ?? ''),
  }
}

function configuration({ issuer, audience, scopes, keys, places }: Options): Configuration {
  return {
    adapter: memoryAdapter(() => embeddedClients(scopes.join(' '), places())),
    jwks: { keys: keys.signing as NonNullable<Configuration['jwks']>['keys'] },
    cookies: { keys: keys.cookies },
    scopes: [...STANDARD_SCOPES, ...scopes],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
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
    pkce: { required: () => true },
    // A refresh token is good once; used again, it ends all that came from the same sign-in.
    rotateRefreshToken: true,
    interactions: { url: (_, interaction) => `${new URL(issuer).pathname}${SIGN_IN}${interaction.uid}` },
    features: features(audience, scopes),
    renderError(ctx, out) {
      ctx.type = 'html'
      ctx.body = errorPage(out)
    },
    formats: { customizers: { jwt: (_, token, jwt) => asOktaWrites(token, jwt) } },
    extraTokenClaims: (ctx, token) => (token.kind === 'AccessToken' ? userClaims(ctx, token.accountId) : {}),
    findAccount: async (_, login) => ({
      accountId: login,
      claims: async () => ({ sub: login, name: login, email: login }),
    }),
  }
}

type Features = NonNullable<Configuration['features']>

const features = (audience: string, scopes: readonly string[]): Features => ({
  devInteractions: { enabled: false },
  clientCredentials: { enabled: true },
  introspection: { enabled: true },
  revocation: { enabled: true },
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
  const reason = scopeRefusal(typeof scope === 'string' ? scope : undefined, known)
  if (reason) throw new errors.CustomOIDCProviderError('invalid_scope', reason)
}

/** What a user's token says beside a client's: who, when they signed in, and all that was granted. */
function userClaims({ oidc }: KoaContextWithOIDC, login: string) {
  const grant = grantOf(oidc)
  return { uid: userIdOf(login), auth_time: grant?.authTime, granted: grant?.scope }
}

/** What a person granted; undefined for a client of its own. */
const grantOf = ({ entities }: KoaContextWithOIDC['oidc']) =>
  entities.RefreshToken ?? entities.AuthorizationCode

type Jwt = Parameters<
  NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>
>[2]
type Token = { readonly clientId?: string | undefined; readonly accountId?: string }

/** Okta's access token: header {kid, alg}; payload ver, jti, iss, aud, iat, exp, cid, uid, scp, sub; bound to a key, cnf. */
function asOktaWrites({ clientId }: Token, jwt: Jwt): void {
  const { iss, aud, iat, exp, scope, granted = scope, sub, uid, auth_time, cnf } = jwt.payload
  jwt.payload = {
    ver: 1,
    jti: `AT.${randomBytes(32).toString('base64url')}`,
    iss,
    aud,
    iat,
    exp,
    cid: clientId,
    ...(uid !== undefined && { uid }),
    scp: String(granted ?? '')
      .split(' ')
      .filter(Boolean),
    ...(auth_time !== undefined && { auth_time }),
    sub: sub ?? clientId,
    ...(cnf !== undefined && { cnf }),
  }
  jwt.header = { ...jwt.header, typ: undefined }
}
