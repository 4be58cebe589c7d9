import type { ProbeResponse } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { ok, problem, skipped } from './run-checks.ts'
import { authorizationServerName } from './setup.ts'

/** The host of Okta's Admin Console is the org's host with this suffix. */
const ADMIN_SUFFIX = /-admin(?=\.(?:okta|oktapreview|okta-emea)\.com$)/

/** Findings by the error code of a failed request. The first match decides. */
const CONNECTION_FINDINGS = [
  { findingId: 'D03f', errorCode: /TIMEOUT|TIMEDOUT/ },
  { findingId: 'D03b', errorCode: /^(?:ENOTFOUND|EAI_AGAIN|EAI_NODATA)$/ },
  // OpenSSL's errors for a response that is not TLS.
  { findingId: 'D03g', errorCode: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/ },
  { findingId: 'D03d', errorCode: /CERT|SIGNATURE|SELF_SIGNED|UNABLE_TO|TLS|SSL|EPROTO/ },
] as const

/** Checks DNS, connection and TLS certificate. */
export async function checkDomain({ issuer, isEmbedded, fetchDiscovery }: CheckContext) {
  const { protocol, hostname, host, origin } = new URL(issuer)
  if (ADMIN_SUFFIX.test(hostname)) {
    const example = `${origin.replace(ADMIN_SUFFIX, '')}/oauth2/${authorizationServerName(issuer)}`
    return problem('D03a', { host, example })
  }
  const { errorCode, summary } = await fetchDiscovery()
  if (errorCode === undefined)
    return ok(`${host} (${protocol === 'https:' ? 'TLS' : 'plain HTTP, on loopback only'})`)
  const match = CONNECTION_FINDINGS.find((finding) => finding.errorCode.test(errorCode))
  if (isEmbedded && match?.findingId !== 'D03f') return problem('D03e')
  return problem(match?.findingId ?? 'D03c', { host, detail: summary })
}

/** Checks, by the path alone, that the issuer is a custom authorization server of Okta. */
export function checkServer({ issuer, isOkta }: CheckContext) {
  if (!isOkta) return ok('not Okta, since JWKS_URL is set')
  const { pathname, origin } = new URL(issuer)
  if (/^\/(?:oauth2(?:\/v1(?:\/.*)?)?|\.well-known\/.*)?$/.test(pathname))
    return problem('D04a', { example: `${origin}/oauth2/default` })
  if (/^\/oauth2\/[^/]+$/.test(pathname))
    return ok(`custom authorization server "${authorizationServerName(issuer)}"`)
  const server = /^\/oauth2\/[^/]+/.exec(pathname)?.[0] ?? '/oauth2/default'
  return problem('D04b', { path: pathname, example: `${origin}${server}` })
}

export async function checkDiscovery({ issuer, fetchDiscovery }: CheckContext) {
  const response = await fetchDiscovery()
  if (response.status === 404) return problem('D05a', { host: new URL(issuer).host })
  const serverIssuer = readIssuer(response)
  if (serverIssuer === undefined)
    return problem('D05b', { url: `${issuer}/.well-known/openid-configuration`, detail: response.summary })
  return serverIssuer === issuer ? ok('its issuer is exactly OKTA_ISSUER') : problem('D05c', { serverIssuer })
}

/** RFC 8414 §3: the document that OAuth clients without OpenID Connect read. */
export async function checkMetadata({ issuer, request }: CheckContext) {
  const url = `${issuer}/.well-known/oauth-authorization-server`
  const response = await request(url)
  const serverIssuer = readIssuer(response)
  if (serverIssuer === undefined) return problem('D06a', { url, detail: response.summary })
  return serverIssuer === issuer ? ok('the same issuer') : problem('D06b', { serverIssuer })
}

const readIssuer = ({ status, json }: ProbeResponse) =>
  status === 200 && typeof json?.issuer === 'string' ? json.issuer : undefined

/** RFC 9110 §6.6.1: the Date header has a resolution of one second. */
export async function checkClock({ fetchDiscovery, clockToleranceSeconds }: CheckContext) {
  const { headers, localTimeMs } = await fetchDiscovery()
  const date = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(date)) return skipped('the issuer’s responses have no Date header')
  const difference = Math.trunc((localTimeMs - date) / 1000)
  const seconds = Math.abs(difference)
  const direction = difference > 0 ? 'ahead of' : 'behind'
  if (seconds > clockToleranceSeconds)
    return problem('D07a', { seconds, direction, tolerance: clockToleranceSeconds })
  return ok(seconds <= 1 ? 'in sync with the issuer' : `${seconds} s ${direction} the issuer`)
}

export async function checkKeys({ jwksUrl: url, request, parseJwks }: CheckContext) {
  const { status, json, summary } = await request(url)
  if (status !== 200 || json === undefined) return problem('D08a', { url, detail: summary })
  try {
    const sizes = [...parseJwks(json).values()].map((key) => key.asymmetricKeyDetails?.modulusLength)
    const count = sizes.length === 1 ? '1 key' : `${sizes.length} keys`
    return ok(`${count}, RSA ${[...new Set(sizes)].join(' and ')} bits`)
  } catch {
    return problem('D08b')
  }
}
