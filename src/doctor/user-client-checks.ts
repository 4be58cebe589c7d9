import { probeAuthorization } from './authorization-probe.ts'
import { defineCheck } from './check.ts'
import { isProbeFailure } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem, skipped } from './report-line.ts'

/** What a person's app asks for besides the API's scopes. */
const PERSON = ['openid', 'profile', 'email', 'offline_access']
const NO_WEBAPP = skipped('WEBAPP_CLIENT_ID is not set: the web app is not looked at')
const NO_IDE = skipped('IDE_CLIENT_ID is not set: the IDE has the header editor alone')

const reads = (scopes: readonly string[]) => [...PERSON, ...scopes.slice(0, 1)]

async function lookAtWebapp({ setup: { webapp }, probes }: CheckContext): Promise<CheckOutcome> {
  if (!webapp.client) return NO_WEBAPP
  const client = webapp.client.id
  const answer = await probes.exchangeInvalidCode(webapp.client, webapp.redirectUri)
  if (!('errorKind' in answer)) return problem('D15e', { words: 'a token for a code that nobody was given' })
  const { description } = answer
  switch (answer.errorKind) {
    case 'code':
      return ok(`${client} and its secret are taken`)
    case 'client':
      return problem('D15a', { client })
    case 'secret':
      return problem('D15b', { client })
    case 'authentication':
    case 'grant':
      return problem('D15c', { client, words: description })
    case 'proof missing':
      return problem('D15d')
    default:
      return problem('D15e', { words: description })
  }
}

async function lookAtRedirect({ setup, probes }: CheckContext): Promise<CheckOutcome> {
  const { issuer, scopes, webapp } = setup
  if (!webapp.client) return NO_WEBAPP
  const { redirectUri } = webapp
  const clientId = webapp.client.id
  const asked = { issuer, clientId, redirectUri, scopes: reads(scopes), usesPkce: true }
  const begun = await probeAuthorization(probes.request, asked)
  switch (begun.outcome) {
    case 'known':
      return ok(`${redirectUri} is registered (inferred: browsers are sent back there)`)
    case 'unknown redirect':
      return problem('D16a', { redirect: redirectUri })
    case 'unknown client':
      return problem('D16d', { client: clientId })
    case 'refused':
      return problem('D16b', { words: begun.description })
    case 'neither':
      return problem('D16c', { words: begun.description })
  }
}

/** Public, its address registered, and kept to PKCE. */
async function lookAtIde({ setup, probes }: CheckContext): Promise<CheckOutcome> {
  const { issuer, scopes, ide } = setup
  if (!ide.client) return NO_IDE
  const { redirectUri } = ide
  const clientId = ide.client.id
  const asked = { issuer, clientId, redirectUri, scopes: reads(scopes), usesPkce: true }
  const begun = await probeAuthorization(probes.request, asked)
  if (begun.outcome === 'unknown client') return problem('D17a', { client: clientId })
  if (begun.outcome === 'unknown redirect') return problem('D17b', { redirect: redirectUri })
  if (begun.outcome === 'refused') return problem('D17e', { words: begun.description })
  if (begun.outcome === 'neither') return problem('D17f', { words: begun.description })
  const exchanged = await probes.exchangeInvalidCode(ide.client, redirectUri)
  if ('errorKind' in exchanged && exchanged.errorKind !== 'code')
    return problem(exchanged.errorKind === 'other' ? 'D17f' : 'D17c', { words: exchanged.description })
  const bare = await probeAuthorization(probes.request, { ...asked, usesPkce: false })
  return bare.outcome === 'known'
    ? problem('D17d')
    : ok(`${clientId} is public, with PKCE; ${redirectUri} is registered (inferred)`)
}

/** What the IDE's page fetches itself, and so must be let read (Fetch §3.2). */
async function lookAtCors({ setup: { issuer, ide }, probes }: CheckContext): Promise<CheckOutcome> {
  if (!ide.client) return NO_IDE
  const { origin } = new URL(ide.redirectUri)
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: ide.client.id,
    redirect_uri: ide.redirectUri,
    code: 'doctor',
    code_verifier: 'doctor'.repeat(8),
  })
  const readable = async (path: string, init: { method?: string; body?: URLSearchParams }) => {
    const answer = await probes.request(`${issuer}${path}`, { ...init, headers: { origin } })
    const allowed = isProbeFailure(answer) ? null : answer.headers.get('access-control-allow-origin')
    return allowed === '*' || allowed === origin
  }
  const shut = [
    ...((await readable('/.well-known/openid-configuration', {})) ? [] : ['discovery document']),
    ...((await readable('/v1/token', { method: 'POST', body })) ? [] : ['token endpoint']),
  ]
  return shut.length > 0
    ? problem('D18a', { origin, places: shut.join(' and its ') })
    : ok(`pages of ${origin} may read the answers`)
}

export const USER_CLIENT_CHECKS = [
  defineCheck('D15', 'webapp', ['discovery'], lookAtWebapp),
  defineCheck('D16', 'redirect', ['discovery'], lookAtRedirect),
  defineCheck('D17', 'ide', ['discovery'], lookAtIde),
  defineCheck('D18', 'cors', ['ide'], lookAtCors),
] as const
