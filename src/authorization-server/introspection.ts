import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider'

/** Finds the access token that a request names; undefined unless it was issued here and is valid. */
async function findRequestedToken({
  oidc,
}: KoaContextWithOIDC): Promise<AccessToken | ClientCredentials | undefined> {
  const value = String(oidc.params?.token)
  const { AccessToken, ClientCredentials } = oidc.provider
  return (await AccessToken.find(value)) ?? (await ClientCredentials.find(value))
}

type Client = { readonly clientId: string; readonly clientAuthMethod?: string | undefined }

/** Returns true for a confidential client. A public client is not authenticated, so it may introspect its own tokens only. */
export const canIntrospect = (client: Client, token: { readonly clientId?: string | undefined }) =>
  client.clientAuthMethod !== 'none' || token.clientId === client.clientId

/** Introspects an access token (RFC 7662). oidc-provider does not introspect access tokens that are JWTs. */
export async function introspectAccessToken(ctx: KoaContextWithOIDC): Promise<Record<string, unknown>> {
  const token = await findRequestedToken(ctx)
  const { client, provider } = ctx.oidc
  if (!client || !token?.isValid || !canIntrospect(client, token)) return { active: false }
  const { scope, clientId, iat, exp, jti, tokenType, extra } = token
  const sub = 'accountId' in token ? token.accountId : undefined
  return {
    active: true,
    token_type: tokenType,
    scope,
    client_id: clientId,
    iss: provider.issuer,
    jti,
    iat,
    exp,
    sub,
    ...extra,
  }
}

/** Revokes an access token (RFC 7009). Its refresh token stays valid, as at Okta. */
export async function revokeAccessToken(ctx: KoaContextWithOIDC): Promise<void> {
  const token = await findRequestedToken(ctx)
  if (token?.clientId === ctx.oidc.client?.clientId) await token?.destroy()
}

/** Converts an introspection response to Okta's, which has the user's login as `username`. */
export function toOktaIntrospection(body: Readonly<Record<string, unknown>>, audience: string) {
  if (body.active !== true) return { active: false }
  const { granted: _, auth_time: __, sub, client_id, scope, token_type = 'Bearer', ...claims } = body
  return {
    ...claims,
    token_type,
    scope,
    client_id,
    aud: audience,
    sub: sub ?? client_id,
    ...(sub !== undefined && { username: sub }),
  }
}
