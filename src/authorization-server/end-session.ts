import type { KoaContextWithOIDC } from 'oidc-provider'

/**
 * Ends the person's session without a question, as Okta does, when the application proves with an ID token whose it is
 * (OpenID Connect RP-Initiated Logout §2), and sends them back. What was granted for offline use lasts.
 * @param ctx of a logout request whose parameters oidc-provider has found right
 * @returns what is wrong with it; undefined when it is done
 */
export async function endSession(ctx: KoaContextWithOIDC): Promise<string | undefined> {
  const { provider, session, entities, params = {} } = ctx.oidc
  const hint = entities.IdTokenHint as { payload?: { sub?: string } } | undefined
  if (hint === undefined) return "The required parameter 'id_token_hint' is missing."
  const { accountId } = session ?? {}
  if (accountId !== undefined && accountId !== hint.payload?.sub)
    return "The 'id_token_hint' is of another person than the one who is signed in."
  for (const [clientId, { grantId }] of Object.entries(session?.authorizations ?? {}))
    if (grantId && !session?.authorizationFor(clientId)?.persistsLogout)
      await provider.AccessToken.revokeByGrantId(grantId)
  await session?.destroy()
  ctx.cookies.set(provider.cookieName('session'), null, { overwrite: true })
  ctx.redirect(comeBackTo(ctx, params))
  return undefined
}

function comeBackTo({ oidc }: KoaContextWithOIDC, params: Readonly<Record<string, unknown>>): string {
  const { post_logout_redirect_uri: place, state } = params
  if (typeof place !== 'string') return oidc.provider.urlFor('end_session_success')
  const url = new URL(place)
  if (typeof state === 'string') url.searchParams.set('state', state)
  return url.href
}
