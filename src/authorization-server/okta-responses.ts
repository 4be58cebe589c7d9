import type { KoaContextWithOIDC } from 'oidc-provider'
import { OPENID_SCOPES } from './access-policy.ts'
import { endSession } from './end-session.ts'
import { introspectAccessToken, revokeAccessToken, toOktaIntrospection } from './introspection.ts'
import type { Provider } from './oidc-provider.ts'
import { findGrantSource } from './okta-access-token.ts'
import {
  type OAuthRequestSummary,
  type ProviderError,
  toOktaAuthorizeError,
  toOktaError,
} from './okta-errors.ts'
import { errorPage } from './pages.ts'

/** Adds a middleware that rewrites oidc-provider's responses where Okta's differ. */
export function applyOktaResponses(provider: Provider, audience: string): void {
  const errors = new WeakMap<object, ProviderError>()
  const recordError = (ctx: object, error: Error) => void errors.set(ctx, error as ProviderError)
  provider.on('grant.error', recordError)
  provider.on('introspection.error', recordError)
  provider.on('revocation.error', recordError)
  provider.use(async function rewriteResponse(context, next) {
    await next()
    const ctx = context as KoaContextWithOIDC
    const error = errors.get(ctx)
    const oktaError = error && toOktaError(error, summarizeRequest(ctx))
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
  token(ctx) {
    const granted = findGrantSource(ctx.oidc)?.scope
    if (granted && ctx.status === 200) Object.assign(ctx.body as object, { scope: granted })
  },
  async introspection(ctx, audience) {
    if (isUnsupportedJwt(ctx)) {
      ctx.body = await introspectAccessToken(ctx)
      ctx.status = 200
    }
    if (ctx.status === 200) ctx.body = toOktaIntrospection(ctx.body as Record<string, unknown>, audience)
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
    if (ctx.status >= 400 && typeof ctx.body === 'object')
      renderErrorPage(ctx, ctx.body as ProviderError, ctx.status)
    const description = ctx.status === 200 ? await endSession(ctx) : undefined
    if (description !== undefined)
      renderErrorPage(ctx, { error: 'invalid_request', error_description: description }, 400)
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
  const error = parameters.get('error')
  if (error === null) return
  const oktaError = toOktaAuthorizeError({
    error,
    error_description: parameters.get('error_description') ?? '',
  })
  for (const [name, value] of Object.entries(oktaError)) parameters.set(name, value)
  url[part] = String(parameters)
  ctx.redirect(url.href)
}

/** Renders an error that must not be sent to the redirect URI. */
export function renderErrorPage(ctx: KoaContextWithOIDC, error: ProviderError, status: number): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = errorPage(toOktaAuthorizeError(error))
}

function summarizeRequest(ctx: KoaContextWithOIDC): OAuthRequestSummary {
  const parameters = ctx.oidc?.params ?? {}
  return {
    hasAuthorizationHeader: ctx.get('authorization') !== '',
    hasClientId: parameters.client_id !== undefined,
    hasBodyCredentials: parameters.client_secret !== undefined || parameters.client_assertion !== undefined,
    grantType: String(parameters.grant_type ?? ''),
    allowedGrantTypes: ctx.oidc?.client?.grantTypes ?? [],
  }
}
