import type { FindingId } from './findings.ts'
import type { ProbeResponse } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, type DiagnosticCheck, ok, problem, skipped } from './run-checks.ts'
import { invalidCodeRequest, type TokenErrorKind } from './token-endpoint.ts'

const NO_WEBAPP = skipped('WEBAPP_CLIENT_ID is not set: the web app is not checked')
const NO_IDE = skipped('IDE_CLIENT_ID is not set: the IDE has no sign-in, only its header editor')

const EXCHANGE_FINDINGS: Partial<Record<TokenErrorKind, FindingId>> = {
  client: 'D15a',
  secret: 'D15b',
  authentication: 'D15c',
  grant: 'D15c',
  'proof missing': 'D15d',
}

async function checkWebapp({ webapp, exchangeInvalidCode }: CheckContext): Promise<CheckOutcome> {
  if (!webapp.client) return NO_WEBAPP
  const client = webapp.client.id
  const result = await exchangeInvalidCode(webapp.client, webapp.redirectUri)
  if ('token' in result) return problem('D15e', { detail: 'a token for an invalid code' })
  if (result.errorKind === 'code') return ok(`the credentials of ${client} are valid`)
  return problem(EXCHANGE_FINDINGS[result.errorKind] ?? 'D15e', { client, detail: result.detail })
}

/** The result of an authorization request without user interaction. */
type SignInResult = {
  /** `rejected`: the server redirected to the app with an error. */
  readonly outcome: 'started' | 'rejected' | 'unknown client' | 'unknown redirect' | 'unexplained'
  readonly detail: string
}

const REDIRECT_FINDINGS = {
  'unknown redirect': 'D16a',
  rejected: 'D16b',
  unexplained: 'D16c',
  'unknown client': 'D16d',
} as const

async function checkRedirect(context: CheckContext): Promise<CheckOutcome> {
  const { client, redirectUri } = context.webapp
  if (!client) return NO_WEBAPP
  const { outcome, detail } = await startSignIn(context, client.id, redirectUri)
  if (outcome === 'started') return ok(`${redirectUri} is registered (inferred: the server redirects to it)`)
  return problem(REDIRECT_FINDINGS[outcome], { client: client.id, redirectUri, detail })
}

const IDE_FINDINGS = {
  'unknown client': 'D17a',
  'unknown redirect': 'D17b',
  rejected: 'D17e',
  unexplained: 'D17f',
} as const

/** Checks that the IDE's client is public, that its redirect URI is registered, and that it must use PKCE. */
async function checkIde(context: CheckContext): Promise<CheckOutcome> {
  const { client, redirectUri } = context.ide
  if (!client) return NO_IDE
  const { outcome, detail } = await startSignIn(context, client.id, redirectUri)
  if (outcome !== 'started') return problem(IDE_FINDINGS[outcome], { client: client.id, redirectUri, detail })
  const exchange = await context.exchangeInvalidCode(client, redirectUri)
  if ('errorKind' in exchange && exchange.errorKind !== 'code')
    return problem(exchange.errorKind === 'other' ? 'D17f' : 'D17c', { detail: exchange.detail })
  const withoutPkce = await startSignIn(context, client.id, redirectUri, {})
  return withoutPkce.outcome === 'started'
    ? problem('D17d')
    : ok(`${client.id} is a public client with PKCE; ${redirectUri} is registered (inferred)`)
}

/** RFC 7636 §4.3 and Appendix B. */
const PKCE = {
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
}

/**
 * Sends an authorization request with `prompt=none`. Okta does not list registrations to other clients, so they are
 * inferred: a server redirects only to a URI that is registered for the client (RFC 6749 §3.1.2.4).
 */
async function startSignIn(
  { issuer, apiScopes, request }: CheckContext,
  client_id: string,
  redirect_uri: string,
  pkce: Record<string, string> = PKCE,
): Promise<SignInResult> {
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

/** OpenID Connect Core §3.1.2.6: errors that mean that only the user's interaction is missing. */
const INTERACTION_ERRORS = ['login_required', 'interaction_required', 'consent_required']

function classifySignIn({ headers, text, summary }: ProbeResponse, redirectUri: URL): SignInResult {
  const location = URL.parse(headers.get('location') ?? '')
  if (location?.origin === redirectUri.origin && location.pathname === redirectUri.pathname) {
    const error = location.searchParams.get('error') ?? ''
    const detail = `${error}: ${location.searchParams.get('error_description') ?? ''}`
    return { outcome: error === '' || INTERACTION_ERRORS.includes(error) ? 'started' : 'rejected', detail }
  }
  // Error texts of Okta and of the embedded server.
  const page = unescapePage(text)
  if (/Invalid value for 'client_id'|client is invalid|\binvalid_client\b/.test(page))
    return { outcome: 'unknown client', detail: summary }
  if (/must be a Login redirect URI|redirect_uri did not match|\binvalid_redirect_uri\b/.test(page))
    return { outcome: 'unknown redirect', detail: summary }
  return { outcome: 'unexplained', detail: summary }
}

/** Decodes character references of HTML (`&#39;`) and escapes of JavaScript (`\x27`); Okta's pages have either. */
const unescapePage = (page: string): string =>
  page.replace(/&#(\d{1,5});|&#x([\da-f]{1,4});|\\x([\da-f]{2})/gi, (_, decimal, hex, script) =>
    String.fromCharCode(decimal === undefined ? Number.parseInt(hex ?? script, 16) : Number(decimal)),
  )

/** Checks CORS for the endpoints that the IDE's page fetches itself (Fetch §3.2). */
async function checkCors({ issuer, ide, request }: CheckContext): Promise<CheckOutcome> {
  if (!ide.client) return NO_IDE
  const { origin } = new URL(ide.redirectUri)
  const discovery = await request(`${issuer}/.well-known/openid-configuration`, { headers: { origin } })
  const token = await request(
    `${issuer}/v1/token`,
    invalidCodeRequest(ide.client, ide.redirectUri, { origin }),
  )
  const endpoints = [
    { name: 'discovery document', response: discovery },
    { name: 'token endpoint', response: token },
  ]
  const blocked = endpoints.filter(
    ({ response }) => !['*', origin].includes(response.headers.get('access-control-allow-origin') ?? ''),
  )
  return blocked.length > 0
    ? problem('D18a', { origin, endpoints: blocked.map(({ name }) => name).join(' and ') })
    : ok(`pages of ${origin} can read the responses`)
}

export const USER_CLIENT_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  { id: 'D15', name: 'webapp', needs: ['discovery'], run: checkWebapp },
  { id: 'D16', name: 'redirect', needs: ['discovery'], run: checkRedirect },
  { id: 'D17', name: 'ide', needs: ['discovery'], run: checkIde },
  { id: 'D18', name: 'cors', needs: ['ide'], run: checkCors },
]
