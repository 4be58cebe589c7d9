import { type AuthorizationRequest, probeAuthorization } from './authorization-probe.ts'
import { isProbeFailure } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem, skipped } from './report-line.ts'
import type { DiagnosticCheck } from './run-checks.ts'
import type { ConfiguredClient } from './setup.ts'

/** The OpenID Connect scopes that the apps request besides the API's scopes. */
const OPENID_SCOPES = ['openid', 'profile', 'email', 'offline_access']
const NO_WEBAPP = skipped('WEBAPP_CLIENT_ID is not set: the web app is not checked')
const NO_IDE = skipped('IDE_CLIENT_ID is not set: the IDE has no sign-in, only its header editor')

const signInRequest = (
  { setup: { issuer, scopes } }: CheckContext,
  client: ConfiguredClient,
  redirectUri: string,
): AuthorizationRequest => ({
  issuer,
  clientId: client.id,
  redirectUri,
  scopes: [...OPENID_SCOPES, ...scopes.slice(0, 1)],
  usesPkce: true,
})

async function checkWebapp({ setup: { webapp }, probes }: CheckContext): Promise<CheckOutcome> {
  if (!webapp.client) return NO_WEBAPP
  const client = webapp.client.id
  const result = await probes.exchangeInvalidCode(webapp.client, webapp.redirectUri)
  if ('token' in result) return problem('D15e', { detail: 'a token for an invalid code' })
  const detail = result.description
  switch (result.errorKind) {
    case 'code':
      return ok(`the credentials of ${client} are valid`)
    case 'client':
      return problem('D15a', { client })
    case 'secret':
      return problem('D15b', { client })
    case 'authentication':
    case 'grant':
      return problem('D15c', { client, detail })
    case 'proof missing':
      return problem('D15d')
    default:
      return problem('D15e', { detail })
  }
}

async function checkRedirect(context: CheckContext): Promise<CheckOutcome> {
  const { client, redirectUri } = context.setup.webapp
  if (!client) return NO_WEBAPP
  const signIn = await probeAuthorization(context.probes.request, signInRequest(context, client, redirectUri))
  switch (signIn.outcome) {
    case 'known':
      return ok(`${redirectUri} is registered (inferred: the server redirects to it)`)
    case 'unknown redirect':
      return problem('D16a', { redirectUri })
    case 'unknown client':
      return problem('D16d', { client: client.id })
    case 'refused':
      return problem('D16b', { detail: signIn.description })
    case 'neither':
      return problem('D16c', { detail: signIn.description })
  }
}

/** Checks that the IDE's client is public, that its redirect URI is registered, and that it must use PKCE. */
async function checkIde(context: CheckContext): Promise<CheckOutcome> {
  const { setup, probes } = context
  const { client, redirectUri } = setup.ide
  if (!client) return NO_IDE
  const request = signInRequest(context, client, redirectUri)
  const signIn = await probeAuthorization(probes.request, request)
  if (signIn.outcome === 'unknown client') return problem('D17a', { client: client.id })
  if (signIn.outcome === 'unknown redirect') return problem('D17b', { redirectUri })
  if (signIn.outcome === 'refused') return problem('D17e', { detail: signIn.description })
  if (signIn.outcome === 'neither') return problem('D17f', { detail: signIn.description })
  const exchange = await probes.exchangeInvalidCode(client, redirectUri)
  if ('errorKind' in exchange && exchange.errorKind !== 'code')
    return problem(exchange.errorKind === 'other' ? 'D17f' : 'D17c', { detail: exchange.description })
  const withoutPkce = await probeAuthorization(probes.request, { ...request, usesPkce: false })
  return withoutPkce.outcome === 'known'
    ? problem('D17d')
    : ok(`${client.id} is a public client with PKCE; ${redirectUri} is registered (inferred)`)
}

/** Checks CORS for the endpoints that the IDE's page fetches itself (Fetch §3.2). */
async function checkCors({ setup: { issuer, ide }, probes }: CheckContext): Promise<CheckOutcome> {
  if (!ide.client) return NO_IDE
  const { origin } = new URL(ide.redirectUri)
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: ide.client.id,
    redirect_uri: ide.redirectUri,
    code: 'doctor',
    code_verifier: 'doctor'.repeat(8),
  })
  const isReadable = async (path: string, init: { method?: string; body?: URLSearchParams }) => {
    const response = await probes.request(`${issuer}${path}`, { ...init, headers: { origin } })
    const allowed = isProbeFailure(response) ? null : response.headers.get('access-control-allow-origin')
    return allowed === '*' || allowed === origin
  }
  const blocked: string[] = []
  if (!(await isReadable('/.well-known/openid-configuration', {}))) blocked.push('discovery document')
  if (!(await isReadable('/v1/token', { method: 'POST', body }))) blocked.push('token endpoint')
  return blocked.length > 0
    ? problem('D18a', { origin, endpoints: blocked.join(' and ') })
    : ok(`pages of ${origin} can read the responses`)
}

export const USER_CLIENT_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  { id: 'D15', name: 'webapp', needs: ['discovery'], run: checkWebapp },
  { id: 'D16', name: 'redirect', needs: ['discovery'], run: checkRedirect },
  { id: 'D17', name: 'ide', needs: ['discovery'], run: checkIde },
  { id: 'D18', name: 'cors', needs: ['ide'], run: checkCors },
]
