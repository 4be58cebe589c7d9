import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import type { Adapter, AdapterPayload, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { findUser } from './clients-and-users.ts'
import type { ProviderKeys } from './provider-keys.ts'

/** The members of oidc-provider's token models that are used here. `IN_PAYLOAD` lists the members that it stores. */
type TokenModel = {
  readonly kind: string
  readonly jti: string
  readonly clientId?: string | undefined
  readonly accountId?: string
  readonly constructor: { readonly IN_PAYLOAD?: readonly string[] }
}

type Jwt = Parameters<
  NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>
>[2]

/**
 * Creates a customizer that writes access tokens as Okta does, and stores them: oidc-provider does not store JWTs, but
 * has to find them for userinfo, introspection and revocation.
 */
export const createOktaJwtCustomizer = (adapter: (model: string) => Adapter) =>
  async function customizeAccessToken(_: unknown, model: unknown, jwt: Jwt): Promise<void> {
    const token = model as TokenModel
    const { iat, exp, scope, granted = scope } = jwt.payload
    const jti = `AT.${token.jti}`
    // Without aud, because oidc-provider's userinfo endpoint rejects tokens that have an audience.
    const members = Object.fromEntries(
      (token.constructor.IN_PAYLOAD ?? [])
        .filter((name) => name !== 'aud')
        .map((name) => [name, Reflect.get(token, name)]),
    )
    const payload = { ...members, jti, iat, exp, scope: granted } as AdapterPayload
    await adapter(token.kind).upsert(jti, payload, Number(exp) - Number(iat))
    applyOktaClaims(jti, token, jwt)
  }

/** Replaces header and payload with Okta's: {kid, alg}, and {ver, jti, iss, aud, iat, exp, cid, uid, scp, auth_time, sub, cnf}. */
function applyOktaClaims(jti: string, { clientId }: TokenModel, jwt: Jwt): void {
  const { iss, aud, iat, exp, scope, granted = scope, sub, uid, auth_time, cnf } = jwt.payload
  jwt.payload = {
    ver: 1,
    jti,
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

/** Creates a function that returns the `jti` of an access token; undefined unless it was signed with these keys. */
export function createTokenIdReader({
  signing,
}: ProviderKeys): (token: string) => Promise<string | undefined> {
  const keys = createLocalJWKSet({ keys: signing.map(toPublicKey) } as JSONWebKeySet)
  return async function readTokenId(token) {
    try {
      const { payload } = await compactVerify(token, keys)
      return (JSON.parse(Buffer.from(payload).toString()) as { jti?: string }).jti
    } catch {
      return undefined
    }
  }
}

const toPublicKey = ({ kty, n, e, kid, alg }: ProviderKeys['signing'][number]) => ({ kty, n, e, kid, alg })

/** Builds the claims that users' tokens have and clients' do not. `granted` becomes `scp`. */
export function buildUserClaims({ oidc }: KoaContextWithOIDC, login: string) {
  const grant = findGrantSource(oidc)
  return { uid: findUser(login)?.id, auth_time: grant?.authTime, granted: grant?.scope }
}

/** Returns the refresh token or code that a token request presents; undefined for client credentials. */
export const findGrantSource = ({ entities }: KoaContextWithOIDC['oidc']) =>
  entities.RefreshToken ?? entities.AuthorizationCode
