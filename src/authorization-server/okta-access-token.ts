import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import type { Adapter, AdapterPayload, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { findUser } from './clients-and-users.ts'
import type { ProviderKeys } from './provider-keys.ts'

/** A token's model, with what oidc-provider keeps of it. */
type Token = {
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
 * Writes access tokens as Okta does, and keeps what they stand for: oidc-provider forgets a JWT as soon as it is signed,
 * but has to know it again for userinfo, introspection and revocation.
 */
export const createOktaJwtCustomizer = (adapter: (name: string) => Adapter) =>
  async function writeAccessToken(_: unknown, model: unknown, jwt: Jwt): Promise<void> {
    const token = model as Token
    const { iat, exp, scope, granted = scope } = jwt.payload
    const jti = `AT.${token.jti}`
    // Without aud: with one, oidc-provider would keep the token away from its userinfo endpoint.
    const kept = Object.fromEntries(
      (token.constructor.IN_PAYLOAD ?? [])
        .filter((name) => name !== 'aud')
        .map((name) => [name, Reflect.get(token, name)]),
    )
    const seconds = Number(exp) - Number(iat)
    await adapter(token.kind).upsert(
      jti,
      { ...kept, jti, iat, exp, scope: granted } as AdapterPayload,
      seconds,
    )
    asOktaWrites(jti, token, jwt)
  }

/** Okta's access token: header {kid, alg}; payload ver, jti, iss, aud, iat, exp, cid, uid, scp, sub; bound to a key, cnf. */
function asOktaWrites(jti: string, { clientId }: Token, jwt: Jwt): void {
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

/** Finds the id under which a token is kept: its `jti`, once its signature is ours. */
export function createTokenIdReader({
  signing,
}: ProviderKeys): (token: string) => Promise<string | undefined> {
  const keys = createLocalJWKSet({ keys: signing.map(publicPart) } as JSONWebKeySet)
  return async function idOf(token) {
    try {
      const { payload } = await compactVerify(token, keys)
      return (JSON.parse(Buffer.from(payload).toString()) as { jti?: string }).jti
    } catch {
      // Not one of ours: nothing is kept for it.
      return undefined
    }
  }
}

const publicPart = ({ kty, n, e, kid, alg }: ProviderKeys['signing'][number]) => ({ kty, n, e, kid, alg })

/** What a user's token says beside a client's: who, when they signed in, and all that was granted. */
export function buildUserClaims({ oidc }: KoaContextWithOIDC, login: string) {
  const grant = findGrantSource(oidc)
  return { uid: findUser(login)?.id, auth_time: grant?.authTime, granted: grant?.scope }
}

/** What a person granted; undefined for a client of its own. */
export const findGrantSource = ({ entities }: KoaContextWithOIDC['oidc']) =>
  entities.RefreshToken ?? entities.AuthorizationCode
