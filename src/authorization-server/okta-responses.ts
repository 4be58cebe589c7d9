import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { OPENID_SCOPES } from './access-policy.ts'
import { endSession } from './end-session.ts'
import { introspectAccessToken, revokeAccessToken, toOktaIntrospection } from './introspection.ts'
import { findGrantSource } from './okta-access-token.ts'
import { toOktaAuthorizeError } from './okta-authorize-errors.ts'
import { type ProviderError, toOktaError } from './okta-errors.ts'
import { errorPage } from './pages.ts'

/** Has the provider answer as Okta does where oidc-provider answers otherwise. */
export function applyOktaResponses(provider: Provider, audience: string): void {
  const faults = new WeakMap<object, ProviderError>()
  const note = (ctx: object, error: Error) => void faults.set(ctx, error as ProviderError)
  provider.on('grant.error', note)
  provider.on('introspection.error', note)
  provider.on('revocation.error', note)
  provider.use(async function inOktasWay(context, next) {
    await next()
    const ctx = context as KoaContextWithOIDC
    const fault = faults.get(ctx)
    const answer = fault && toOktaError(fault, sentBy(ctx))
    if (!answer) return ANSWERS[ctx.oidc?.route ?? '']?.(ctx, audience)
    const { status, ...body } = answer
    ctx.status = status
    ctx.body = body
  })
}

/** What Okta says otherwise, by oidc-provider's name of the endpoint. */
const ANSWERS: Readonly<Record<string, (ctx: KoaContextWithOIDC, audience: string) => void | Promise<void>>> =
  {
    discovery: (ctx) => void Object.assign(ctx.body as object, { scopes_supported: OPENID_SCOPES }),
    token(ctx) {
      const granted = findGrantSource(ctx.oidc)?.scope
      if (granted && ctx.status === 200) Object.assign(ctx.body as object, { scope: granted })
    },
    async introspection(ctx, audience) {
      if (stoppedAtJwt(ctx)) {
        ctx.body = await introspectAccessToken(ctx)
        ctx.status = 200
      }
      if (ctx.status === 200) ctx.body = toOktaIntrospection(ctx.body as Record<string, unknown>, audience)
    },
    async revocation(ctx) {
      if (!stoppedAtJwt(ctx)) return
      await revokeAccessToken(ctx)
      ctx.status = 200
      ctx.body = ''
    },
    authorization: refuseInOktasWords,
    resume: refuseInOktasWords,
    async end_session(ctx) {
      // oidc-provider has a page for browsers alone, and this endpoint is theirs.
      if (ctx.status >= 400 && typeof ctx.body === 'object')
        renderErrorPage(ctx, ctx.body as ProviderError, ctx.status)
      const fault = ctx.status === 200 ? await endSession(ctx) : undefined
      if (fault !== undefined)
        renderErrorPage(ctx, { error: 'invalid_request', error_description: fault }, 400)
    },
  }

/** Whether oidc-provider has let the client in, and stopped at a token that is a JWT. */
const stoppedAtJwt = ({ body }: KoaContextWithOIDC) =>
  (body as ProviderError | undefined)?.error === 'unsupported_token_type'

/** The browser is on its way back to the application with an error, in the query or in the fragment. */
function refuseInOktasWords(ctx: KoaContextWithOIDC): void {
  const url = URL.parse(ctx.response.get('location'))
  if (!url) return
  const part = url.hash === '' ? 'search' : 'hash'
  const answer = new URLSearchParams(url[part].slice(1))
  const error = answer.get('error')
  if (error === null) return
  const fault = { error, error_description: answer.get('error_description') ?? '' }
  for (const [name, words] of Object.entries(toOktaAuthorizeError(fault))) answer.set(name, words)
  url[part] = String(answer)
  ctx.redirect(url.href)
}

/** A page for what cannot be sent back to the application. */
export function renderErrorPage(ctx: KoaContextWithOIDC, error: ProviderError, status: number): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = errorPage(toOktaAuthorizeError(error))
}

function sentBy(ctx: KoaContextWithOIDC) {
  const parameters = ctx.oidc?.params ?? {}
  return {
    hasAuthorizationHeader: ctx.get('authorization') !== '',
    hasClientId: parameters.client_id !== undefined,
    hasBodyCredentials: parameters.client_secret !== undefined || parameters.client_assertion !== undefined,
    grantType: String(parameters.grant_type ?? ''),
    allowedGrantTypes: ctx.oidc?.client?.grantTypes ?? [],
  }
}
