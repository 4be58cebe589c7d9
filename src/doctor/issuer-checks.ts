import { describeProbeResult, isProbeFailure, type ProbeFailure, type ProbeResponse } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem, skipped } from './report-line.ts'
import type { DiagnosticCheck } from './run-checks.ts'
import { authorizationServerName } from './setup.ts'

/** The host of Okta's Admin Console is the org's host with this suffix. */
const ADMIN_SUFFIX = /-admin(?=\.(?:okta|oktapreview|okta-emea)\.com$)/

const hostOf = (url: string) => new URL(url).host
const withoutAdmin = (issuer: string) =>
  `${new URL(issuer).origin.replace(ADMIN_SUFFIX, '')}/oauth2/${authorizationServerName(issuer)}`

/** Checks DNS, connection and TLS certificate. */
async function checkDomain({ setup, probes, serverChecks }: CheckContext): Promise<CheckOutcome> {
  const { issuer, isEmbedded } = setup
  const host = hostOf(issuer)
  if (ADMIN_SUFFIX.test(new URL(issuer).hostname))
    return problem('D03a', { host, example: withoutAdmin(issuer) })
  const response = await probes.fetchDiscovery()
  if (!isProbeFailure(response) || response.failure === 'large')
    return ok(`${host} (${issuer.startsWith('https:') ? 'TLS' : 'plain HTTP, on loopback only'})`)
  if (response.failure === 'slow')
    return problem('D03f', { host, seconds: serverChecks.probeLimits.timeoutMs / 1000 })
  if (isEmbedded) return problem('D03e')
  const finding = { unresolved: 'D03b', unreached: 'D03c', plain: 'D03g', tls: 'D03d' } as const
  return problem(finding[response.failure], { host, detail: response.description })
}

/** Checks, by the path alone, that the issuer is a custom authorization server. */
async function checkServer({ setup: { issuer } }: CheckContext): Promise<CheckOutcome> {
  const { pathname, origin } = new URL(issuer)
  const example = `${origin}/oauth2/default`
  if (/^\/(?:oauth2(?:\/v1(?:\/.*)?)?|\.well-known\/.*)?$/.test(pathname)) return problem('D04a', { example })
  if (!/^\/oauth2\/[^/]+$/.test(pathname)) {
    const server = /^\/oauth2\/[^/]+/.exec(pathname)?.[0] ?? '/oauth2/default'
    return problem('D04b', { path: pathname, example: `${origin}${server}` })
  }
  return ok(`custom authorization server "${authorizationServerName(issuer)}"`)
}

async function checkDiscovery({ setup: { issuer }, probes }: CheckContext): Promise<CheckOutcome> {
  const response = await probes.fetchDiscovery()
  if (!isProbeFailure(response) && response.status === 404)
    return problem('D05a', { host: hostOf(issuer), server: authorizationServerName(issuer) })
  const serverIssuer = readIssuer(response)
  if (serverIssuer === undefined) {
    const url = `${issuer}/.well-known/openid-configuration`
    return problem('D05b', { url, detail: describeProbeResult(response) })
  }
  return serverIssuer === issuer ? ok('its issuer is exactly OKTA_ISSUER') : problem('D05c', { serverIssuer })
}

/** RFC 8414 §3: the document that OAuth clients without OpenID Connect read. */
async function checkMetadata({ setup: { issuer }, probes }: CheckContext): Promise<CheckOutcome> {
  const url = `${issuer}/.well-known/oauth-authorization-server`
  const response = await probes.request(url)
  const serverIssuer = readIssuer(response)
  if (serverIssuer === undefined) return problem('D06a', { url, detail: describeProbeResult(response) })
  return serverIssuer === issuer ? ok('the same issuer') : problem('D06b', { serverIssuer })
}

function readIssuer(response: ProbeResponse | ProbeFailure): string | undefined {
  if (isProbeFailure(response) || response.status !== 200) return undefined
  const { issuer } = (response.json ?? {}) as { issuer?: unknown }
  return typeof issuer === 'string' ? issuer : undefined
}

/** RFC 9110 §6.6.1: the Date header has a resolution of one second. */
async function checkClock({ probes, serverChecks }: CheckContext): Promise<CheckOutcome> {
  const response = await probes.fetchDiscovery()
  const date = isProbeFailure(response) ? Number.NaN : Date.parse(response.headers.get('date') ?? '')
  if (isProbeFailure(response) || Number.isNaN(date))
    return skipped('the issuer’s responses have no Date header')
  const difference = Math.trunc((response.localTimeMs - date) / 1000)
  const direction = difference > 0 ? 'ahead of' : 'behind'
  const seconds = Math.abs(difference)
  const tolerance = serverChecks.clockToleranceSeconds
  if (seconds > tolerance) return problem('D07a', { seconds, direction, tolerance })
  return ok(seconds <= 1 ? 'in sync with the issuer' : `${seconds} s ${direction} the issuer`)
}

async function checkKeys({ setup: { issuer }, probes, serverChecks }: CheckContext): Promise<CheckOutcome> {
  const url = `${issuer}/v1/keys`
  const response = await probes.request(url)
  if (isProbeFailure(response) || response.status !== 200 || response.json === undefined)
    return problem('D08a', { url, detail: describeProbeResult(response) })
  try {
    const sizes = serverChecks.readKeyBits(response.json)
    return ok(
      `${sizes.length === 1 ? '1 key' : `${sizes.length} keys`}, RSA ${[...new Set(sizes)].join(' and ')} bits`,
    )
  } catch {
    return problem('D08b')
  }
}

export const ISSUER_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  { id: 'D03', name: 'domain', needs: ['settings'], run: checkDomain },
  { id: 'D04', name: 'server', needs: ['settings'], run: checkServer },
  { id: 'D05', name: 'discovery', needs: ['domain', 'server'], run: checkDiscovery },
  { id: 'D06', name: 'metadata', needs: ['domain', 'server'], run: checkMetadata },
  { id: 'D07', name: 'clock', needs: ['domain'], run: checkClock },
  { id: 'D08', name: 'keys', needs: ['discovery'], run: checkKeys },
]
