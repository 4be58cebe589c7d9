import type { KoaContextWithOIDC } from 'oidc-provider'
import { OPENID_SCOPES } from './access-policy.ts'
import type { Provider } from './oidc-provider.ts'
import {
  findGrantedScope,
  introspectAccessToken,
  revokeAccessToken,
  storeAccessToken,
} from './okta-access-token.ts'
import { type ProviderError, toOktaAuthorizeError, toOktaError } from './okta-errors.ts'
import { sendPage } from './pages.ts'

/** Adds a middleware that rewrites oidc-provider's responses where Okta's differ. */
export function applyOktaResponses(provider: Provider, audience: string): void {
  const errors = new WeakMap<object, ProviderError>()
  const recordError = (ctx: object, error: ProviderError) => void errors.set(ctx, error)
  provider.on('grant.error', recordError)
  provider.on('introspection.error', recordError)
  provider.on('revocation.error', recordError)
  provider.use(async function rewriteResponse(context, next) {
    await next()
    const ctx = context as KoaContextWithOIDC
    const error = errors.get(ctx)
    const oktaError = error && toOktaError(error, ctx)
    if (!oktaError) return RESPONSES[ctx.oidc?.route ?? '']?.(ctx, audience)
    const { status, ...body } = oktaError
    ctx.status = status
    ctx.body = body
  })
}

type RewriteResponse = (ctx: KoaContextWithOIDC, audience: string) => void | Promise<void>

/** The rewrites of successful responses and error redirects, by oidc-provider's route names. */
const RESPONSES: Readonly<Record<string, RewriteResponse>> = {
  discovery: (ctx) => void Object.assign(ctx.body as object, { scopes_supported: OPENID_SCOPES }),
  async token(ctx) {
    const token = ctx.oidc.entities.AccessToken ?? ctx.oidc.entities.ClientCredentials
    if (!token || ctx.status !== 200) return
    const body = ctx.body as { access_token: string; scope?: string | undefined }
    body.scope = findGrantedScope(ctx.oidc) ?? body.scope
    await storeAccessToken(token, body.access_token, body.scope)
  },
  async introspection(ctx, audience) {
    const body = ctx.body as { active?: boolean; sub?: string }
    if (isUnsupportedJwt(ctx)) {
      ctx.body = await introspectAccessToken(ctx)
      ctx.status = 200
    } else if (body.active) ctx.body = { ...body, token_type: 'Bearer', aud: audience, username: body.sub }
  },
  async revocation(ctx) {
    if (!isUnsupportedJwt(ctx)) return
    await revokeAccessToken(ctx)
    ctx.status = 200
    ctx.body = ''
  },
  authorization: rewriteErrorRedirect,
  resume: rewriteErrorRedirect,
  async end_session(ctx) {
    // oidc-provider renders its error page only for `Accept: text/html`; this endpoint is for browsers.
    if (ctx.status >= 400 && typeof ctx.body === 'object') renderErrorPage(ctx, ctx.body as ProviderError)
    if (ctx.status !== 200) return
    const error_description = await endSession(ctx)
    if (error_description === undefined) return
    ctx.status = 400
    renderErrorPage(ctx, { error: 'invalid_request', error_description })
  },
}

/** Returns true when oidc-provider has authenticated the client and then rejected the token for being a JWT. */
const isUnsupportedJwt = ({ body }: KoaContextWithOIDC) =>
  (body as ProviderError | undefined)?.error === 'unsupported_token_type'

/** Rewrites the error in a redirect to the client, in the query or the fragment. */
function rewriteErrorRedirect(ctx: KoaContextWithOIDC): void {
  const url = URL.parse(ctx.response.get('location'))
  if (!url) return
  const part = url.hash === '' ? 'search' : 'hash'
  const parameters = new URLSearchParams(url[part].slice(1))
  const { error, error_description } = Object.fromEntries(parameters)
  if (error === undefined) return
  const oktaError = toOktaAuthorizeError({ error, error_description })
  for (const [name, value = ''] of Object.entries(oktaError)) parameters.set(name, value)
  url[part] = String(parameters)
  ctx.redirect(url.href)
}

/** Renders an error that must not be sent to the redirect URI, with the status of the response. */
export const renderErrorPage = (ctx: KoaContextWithOIDC, error: ProviderError) =>
  sendPage(ctx, ctx.status, 'error', toOktaAuthorizeError(error))

/**
 * Ends the user's session without a confirmation page, as Okta does, if the ID token hint was issued for this user
 * (OpenID Connect RP-Initiated Logout 1.0 §2), and redirects to the client. Offline grants are kept.
 * @returns an error description; undefined when the session was ended
 */
async function endSession(ctx: KoaContextWithOIDC): Promise<string | undefined> {
  const { provider, session, entities, params = {} } = ctx.oidc
  const hint = entities.IdTokenHint as { payload?: { sub?: string } } | undefined
  if (hint === undefined) return "The required parameter 'id_token_hint' is missing."
  const { accountId } = session ?? {}
  if (accountId !== undefined && accountId !== hint.payload?.sub)
    return "The 'id_token_hint' was issued to another user than the one who is signed in."
  for (const [clientId, { grantId }] of Object.entries(session?.authorizations ?? {}))
    if (grantId && !session?.authorizationFor(clientId)?.persistsLogout) {
      await provider.AccessToken.revokeByGrantId(grantId)
      await provider.AuthorizationCode.revokeByGrantId(grantId)
    }
  await session?.destroy()
  ctx.cookies.set(provider.cookieName('session'), null, { overwrite: true })
  const url = new URL(String(params.post_logout_redirect_uri ?? provider.urlFor('end_session_success')))
  if (params.post_logout_redirect_uri !== undefined && typeof params.state === 'string')
    url.searchParams.set('state', params.state)
  ctx.redirect(url.href)
  return undefined
}
