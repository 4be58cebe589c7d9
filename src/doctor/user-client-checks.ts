import type { FindingId } from './findings.ts'
import type { ProbeResponse } from './http-probe.ts'
import { type CheckContext, invalidCodeRequest, type TokenErrorKind } from './probes.ts'
import { type CheckOutcome, ok, problem, skipped } from './run-checks.ts'

const NO_WEBAPP = skipped('WEBAPP_CLIENT_ID is not set')
const NO_IDE = skipped('IDE_CLIENT_ID is not set')

const EXCHANGE_FINDINGS: Partial<Record<TokenErrorKind, FindingId>> = {
  'unknown client': 'D15a',
  'wrong secret': 'D15b',
  'authentication failed': 'D15c',
  'grant not allowed': 'D15c',
  'proof missing': 'D15d',
}

export async function checkWebapp({ webapp, exchangeInvalidCode }: CheckContext): Promise<CheckOutcome> {
  if (!webapp.client) return NO_WEBAPP
  const client = webapp.client.id
  const result = await exchangeInvalidCode(webapp.client, webapp.redirectUri)
  if ('token' in result) return problem('D15e', { detail: 'a token for an invalid code' })
  if (result.errorKind === 'invalid code') return ok(`the credentials of ${client} are valid`)
  return problem(EXCHANGE_FINDINGS[result.errorKind] ?? 'D15e', { client, detail: result.detail })
}

/** Findings by the result of an authorization request. `rejected`: the server redirected to the app with an error. */
const SIGN_IN_FINDINGS = {
  'unknown client': { webapp: 'D16d', ide: 'D17a' },
  'unknown redirect': { webapp: 'D16a', ide: 'D17b' },
  rejected: { webapp: 'D16b', ide: 'D17e' },
  unexplained: { webapp: 'D16c', ide: 'D17f' },
} as const

export async function checkRedirect(context: CheckContext): Promise<CheckOutcome> {
  const { client, redirectUri } = context.webapp
  if (!client) return NO_WEBAPP
  const { outcome, detail } = await startSignIn(context, client.id, redirectUri)
  if (outcome === 'started') return ok(`${redirectUri} is registered (inferred: the server redirects to it)`)
  return problem(SIGN_IN_FINDINGS[outcome].webapp, { client: client.id, redirectUri, detail })
}

/** Checks that the IDE's client is public, that its redirect URI is registered, and that it must use PKCE. */
export async function checkIde(context: CheckContext): Promise<CheckOutcome> {
  const { client, redirectUri } = context.ide
  if (!client) return NO_IDE
  const { outcome, detail } = await startSignIn(context, client.id, redirectUri)
  if (outcome !== 'started')
    return problem(SIGN_IN_FINDINGS[outcome].ide, { client: client.id, redirectUri, detail })
  const exchange = await context.exchangeInvalidCode(client, redirectUri)
  if ('errorKind' in exchange && exchange.errorKind !== 'invalid code')
    return problem(exchange.errorKind === 'other' ? 'D17f' : 'D17c', { detail: exchange.detail })
  const withoutPkce = await startSignIn(context, client.id, redirectUri, {})
  return withoutPkce.outcome === 'started'
    ? problem('D17d')
    : ok(`${client.id} is a public client with PKCE; ${redirectUri} is registered (inferred)`)
}

/** RFC 7636 §4.3 and Appendix B. */
const PKCE = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }

/**
 * Sends an authorization request with `prompt=none`. Okta does not list registrations to other clients, so they are
 * inferred: a server redirects only to a URI that is registered for the client (RFC 6749 §3.1.2.4).
 */
async function startSignIn(
  { issuer, apiScopes, request }: CheckContext,
  client_id: string,
  redirect_uri: string,
  pkce: Record<string, string> = PKCE,
) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri,
    // The scopes that the apps request besides the API's scopes, and one of these.
    scope: ['openid', 'profile', 'email', 'offline_access', ...apiScopes.slice(0, 1)].join(' '),
    state: 'doctor',
    nonce: 'doctor',
    prompt: 'none',
    ...pkce,
  })
  return classifySignIn(await request(`${issuer}/v1/authorize?${query}`), new URL(redirect_uri))
}

type SignInOutcome = 'started' | keyof typeof SIGN_IN_FINDINGS

/** OpenID Connect Core §3.1.2.6: errors that mean that only the user's interaction is missing. */
const INTERACTION_ERRORS = ['login_required', 'interaction_required', 'consent_required']

function classifySignIn({ headers, text, summary }: ProbeResponse, redirectUri: URL) {
  const result = (outcome: SignInOutcome, detail = summary) => ({ outcome, detail })
  const location = URL.parse(headers.get('location') ?? '')
  if (location?.origin === redirectUri.origin && location.pathname === redirectUri.pathname) {
    const error = location.searchParams.get('error') ?? ''
    if (error === '' || INTERACTION_ERRORS.includes(error)) return result('started')
    return result('rejected', `${error}: ${location.searchParams.get('error_description') ?? ''}`)
  }
  // Error texts of Okta and of the embedded server.
  const page = unescapePage(text)
  if (/Invalid value for 'client_id'|client is invalid|\binvalid_client\b/.test(page))
    return result('unknown client')
  if (/must be a Login redirect URI|redirect_uri did not match|\binvalid_redirect_uri\b/.test(page))
    return result('unknown redirect')
  return result('unexplained')
}

/** Decodes character references of HTML (`&#39;`) and escapes of JavaScript (`\x27`); Okta's pages have either. */
const unescapePage = (page: string): string =>
  page.replace(/&#(\d{1,5});|&#x([\da-f]{1,4});|\\x([\da-f]{2})/gi, (_, decimal, hex, script) =>
    String.fromCharCode(decimal === undefined ? Number.parseInt(hex ?? script, 16) : Number(decimal)),
  )

/**
 * Checks CORS (Fetch §3.2) for the discovery document and the token endpoint, without which the IDE's sign-in fails. Not
 * checked: userinfo and revocation, whose errors the IDE ignores.
 */
export async function checkCors({ issuer, ide, request }: CheckContext): Promise<CheckOutcome> {
  if (!ide.client) return NO_IDE
  const { origin } = new URL(ide.redirectUri)
  const headers = { origin }
  const exchange = invalidCodeRequest(ide.client, ide.redirectUri, headers)
  const responses = {
    'discovery document': await request(`${issuer}/.well-known/openid-configuration`, { headers }),
    'token endpoint': await request(`${issuer}/v1/token`, exchange),
  }
  const blocked = Object.entries(responses).filter(
    ([, { headers }]) => !['*', origin].includes(headers.get('access-control-allow-origin') ?? ''),
  )
  return blocked.length > 0
    ? problem('D18a', { origin, endpoints: blocked.map(([name]) => name).join(' and ') })
    : ok(`pages of ${origin} can read the responses`)
}
