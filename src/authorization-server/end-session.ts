import type { KoaContextWithOIDC } from 'oidc-provider'

/**
 * Ends the user's session without a confirmation page, as Okta does, if the ID token hint was issued for this user
 * (OpenID Connect RP-Initiated Logout 1.0 §2), and redirects to the client. Offline grants are kept.
 * @param ctx a logout request that oidc-provider has validated
 * @returns an error description; undefined when the session was ended
 */
export async function endSession(ctx: KoaContextWithOIDC): Promise<string | undefined> {
  const { provider, session, entities, params = {} } = ctx.oidc
  const hint = entities.IdTokenHint as { payload?: { sub?: string } } | undefined
  if (hint === undefined) return "The required parameter 'id_token_hint' is missing."
  const { accountId } = session ?? {}
  if (accountId !== undefined && accountId !== hint.payload?.sub)
    return "The 'id_token_hint' was issued to another user than the one who is signed in."
  for (const [clientId, { grantId }] of Object.entries(session?.authorizations ?? {}))
    if (grantId && !session?.authorizationFor(clientId)?.persistsLogout)
      await provider.AccessToken.revokeByGrantId(grantId)
  await session?.destroy()
  ctx.cookies.set(provider.cookieName('session'), null, { overwrite: true })
  ctx.redirect(buildPostLogoutUrl(ctx, params))
  return undefined
}

function buildPostLogoutUrl(
  { oidc }: KoaContextWithOIDC,
  { post_logout_redirect_uri, state }: Readonly<Record<string, unknown>>,
): string {
  if (typeof post_logout_redirect_uri !== 'string') return oidc.provider.urlFor('end_session_success')
  const url = new URL(post_logout_redirect_uri)
  if (typeof state === 'string') url.searchParams.set('state', state)
  return url.href
}
