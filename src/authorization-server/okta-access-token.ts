import { decodeJwt } from 'jose'
import type { AccessToken, ClientCredentials, JWTStructured, KoaContextWithOIDC } from 'oidc-provider'
import { parseScopes } from './access-policy.ts'
import { findUser } from './clients-and-users.ts'

/** An access token of a user, or of a client for itself. */
type Token = AccessToken | ClientCredentials

/** Replaces the header and the payload of an access token with Okta's. Members that are undefined are left out. */
export function applyOktaClaims({ oidc }: KoaContextWithOIDC, token: Token, jwt: JWTStructured): void {
  const { jti, iss, aud, iat, exp, scope, sub, cnf } = jwt.payload
  jwt.header = { typ: undefined }
  jwt.payload = {
    ver: 1,
    jti: `AT.${jti}`,
    iss,
    aud,
    iat,
    exp,
    cid: token.clientId,
    uid: findUser(accountIdOf(token))?.id,
    scp: parseScopes(findGrantedScope(oidc) ?? scope),
    auth_time: findGrantSource(oidc)?.authTime,
    sub,
    cnf,
  }
}

/**
 * Returns the scope of a user's token with OpenID Connect's scopes, which oidc-provider leaves out. A refresh may request
 * fewer scopes than the user granted (RFC 6749 §6).
 * @returns undefined for client credentials
 */
export function findGrantedScope(oidc: KoaContextWithOIDC['oidc']): string | undefined {
  const { grant_type, scope } = oidc.params ?? {}
  return grant_type === 'refresh_token' && scope ? String(scope) : findGrantSource(oidc)?.scope
}

/** Returns the refresh token or code that a token request presents; undefined for client credentials. */
const findGrantSource = ({ entities }: KoaContextWithOIDC['oidc']) =>
  entities.RefreshToken ?? entities.AuthorizationCode

const accountIdOf = (token: Token) => ('accountId' in token ? token.accountId : undefined)

/**
 * Stores an access token under its value, for introspection, revocation and userinfo: oidc-provider does not store JWTs.
 * The audience is left out, because its userinfo endpoint rejects tokens that have one.
 */
export async function storeAccessToken(token: Token, value: string, scope: string | undefined) {
  const { iat, exp } = decodeJwt(value)
  const payload = { ...token, jti: value, iat, exp, scope, aud: undefined, format: 'opaque' }
  await token.adapter.upsert(value, payload, token.remainingTTL)
}

/** Returns true for a confidential client. A public client is not authenticated, so it may introspect its own tokens only. */
export const canIntrospect = (
  client: { readonly clientId: string; readonly clientAuthMethod?: string | undefined },
  token: { readonly clientId?: string | undefined },
) => client.clientAuthMethod !== 'none' || token.clientId === client.clientId

/** Introspects an access token (RFC 7662). oidc-provider does not introspect JWTs. */
export async function introspectAccessToken(ctx: KoaContextWithOIDC) {
  const token = await findAccessToken(ctx)
  const { client } = ctx.oidc
  if (!client || !token?.isValid || !canIntrospect(client, token)) return { active: false }
  const { tokenType: token_type, scope, clientId: client_id } = token
  const { iss, aud, jti, iat, exp, uid, sub } = decodeJwt(token.jti)
  const username = accountIdOf(token)
  return { active: true, token_type, scope, client_id, username, iss, aud, jti, iat, exp, uid, sub }
}

/** Revokes an access token (RFC 7009). Its refresh token stays valid, as at Okta. */
export async function revokeAccessToken(ctx: KoaContextWithOIDC): Promise<void> {
  const token = await findAccessToken(ctx)
  if (token?.clientId === ctx.oidc.client?.clientId) await token?.destroy()
}

/** Returns the access token that a request names; undefined unless it was issued here and is neither expired nor revoked. */
async function findAccessToken({ oidc }: KoaContextWithOIDC): Promise<Token | undefined> {
  const value = String(oidc.params?.token)
  const { AccessToken, ClientCredentials } = oidc.provider
  return (await AccessToken.find(value)) ?? (await ClientCredentials.find(value))
}
