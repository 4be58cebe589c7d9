import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider'

/** The access token that was asked about, if it is one of ours and still good. */
async function askedAbout({
  oidc,
}: KoaContextWithOIDC): Promise<AccessToken | ClientCredentials | undefined> {
  const value = String(oidc.params?.token)
  const { AccessToken, ClientCredentials } = oidc.provider
  return (await AccessToken.find(value)) ?? (await ClientCredentials.find(value))
}

type Client = { readonly clientId: string; readonly clientAuthMethod?: string | undefined }

/** A client without a secret may be anybody: it learns of its own tokens alone. */
export const canIntrospect = (client: Client, token: { readonly clientId?: string | undefined }) =>
  client.clientAuthMethod !== 'none' || token.clientId === client.clientId

/** RFC 7662, for access tokens: oidc-provider leaves those that are JWTs to whoever can check them by themselves. */
export async function introspectAccessToken(ctx: KoaContextWithOIDC): Promise<Record<string, unknown>> {
  const token = await askedAbout(ctx)
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

/** RFC 7009, for access tokens. Its refresh token stays good, as at Okta. */
export async function revokeAccessToken(ctx: KoaContextWithOIDC): Promise<void> {
  const token = await askedAbout(ctx)
  if (token?.clientId === ctx.oidc.client?.clientId) await token?.destroy()
}

/** Introspection as Okta answers it: with the user's login and id. */
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
