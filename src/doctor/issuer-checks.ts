import { defineCheck } from './check.ts'
import { describeProbeResult, isProbeFailure, type ProbeFailure, type ProbeResponse } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem, skipped } from './report-line.ts'
import { authorizationServerName } from './setup.ts'

/** Okta's Admin Console is a neighbour of the domain that answers. */
const ADMIN = /-admin(?=\.(?:okta|oktapreview|okta-emea)\.com$)/

const hostOf = (url: string) => new URL(url).host
const exampleOf = (issuer: string) =>
  `${new URL(issuer).origin.replace(ADMIN, '')}/oauth2/${authorizationServerName(issuer)}`

/** Where it is: its name, the way there, its certificate. */
async function lookAtDomain({ setup, probes, serverChecks }: CheckContext): Promise<CheckOutcome> {
  const { issuer, isEmbedded } = setup
  const host = hostOf(issuer)
  if (ADMIN.test(new URL(issuer).hostname)) return problem('D03a', { host, example: exampleOf(issuer) })
  const answer = await probes.fetchDiscovery()
  if (!isProbeFailure(answer) || answer.failure === 'large')
    return ok(`${host}${issuer.startsWith('https:') ? ', TLS' : ', plain http, on this machine alone'}`)
  if (answer.failure === 'slow')
    return problem('D03f', { host, seconds: serverChecks.probeLimits.timeoutMs / 1000 })
  if (isEmbedded) return problem('D03e')
  const { description } = answer
  const finding = { unresolved: 'D03b', unreached: 'D03c', plain: 'D03g', tls: 'D03d' } as const
  return problem(finding[answer.failure], { host, words: description })
}

/** Whether it is a custom authorization server, by its address alone. */
async function lookAtServer({ setup: { issuer } }: CheckContext): Promise<CheckOutcome> {
  const { pathname, origin } = new URL(issuer)
  const example = `${origin}/oauth2/default`
  if (/^\/(?:oauth2(?:\/v1(?:\/.*)?)?|\.well-known\/.*)?$/.test(pathname)) return problem('D04a', { example })
  if (!/^\/oauth2\/[^/]+$/.test(pathname)) {
    const server = /^\/oauth2\/[^/]+/.exec(pathname)?.[0] ?? '/oauth2/default'
    return problem('D04b', { path: pathname, example: `${origin}${server}` })
  }
  return ok(`the custom server "${authorizationServerName(issuer)}"`)
}

async function lookAtDiscovery({ setup: { issuer }, probes }: CheckContext): Promise<CheckOutcome> {
  const answer = await probes.fetchDiscovery()
  if (!isProbeFailure(answer) && answer.status === 404)
    return problem('D05a', { host: hostOf(issuer), server: authorizationServerName(issuer) })
  const theirs = issuerIn(answer)
  if (theirs === undefined)
    return problem('D05b', {
      url: `${issuer}/.well-known/openid-configuration`,
      words: describeProbeResult(answer),
    })
  return theirs === issuer ? ok('its issuer is OKTA_ISSUER, to the letter') : problem('D05c', { theirs })
}

/** RFC 8414 §3: what clients of OAuth without OpenID read. */
async function lookAtMetadata({ setup: { issuer }, probes }: CheckContext): Promise<CheckOutcome> {
  const url = `${issuer}/.well-known/oauth-authorization-server`
  const answer = await probes.request(url)
  const theirs = issuerIn(answer)
  if (theirs === undefined) return problem('D06a', { url, words: describeProbeResult(answer) })
  return theirs === issuer ? ok('the same issuer') : problem('D06b', { theirs })
}

function issuerIn(answer: ProbeResponse | ProbeFailure): string | undefined {
  if (isProbeFailure(answer) || answer.status !== 200) return undefined
  const { issuer } = (answer.json ?? {}) as { issuer?: unknown }
  return typeof issuer === 'string' ? issuer : undefined
}

/** RFC 9110 §6.6.1: an answer says when it was made, to the second. */
async function lookAtClock({ probes, serverChecks }: CheckContext): Promise<CheckOutcome> {
  const answer = await probes.fetchDiscovery()
  const theirs = isProbeFailure(answer) ? Number.NaN : Date.parse(answer.headers.get('date') ?? '')
  if (isProbeFailure(answer) || Number.isNaN(theirs))
    return skipped('the issuer’s answers do not tell the time')
  const seconds = Math.trunc((answer.localTimeMs - theirs) / 1000)
  const direction = seconds > 0 ? 'ahead of' : 'behind'
  if (Math.abs(seconds) > serverChecks.clockToleranceSeconds)
    return problem('D07a', { seconds: Math.abs(seconds), direction })
  return ok(
    Math.abs(seconds) <= 1 ? 'the same time as the issuer' : `${Math.abs(seconds)} s ${direction} the issuer`,
  )
}

/** From where the API fetches them. */
async function lookAtKeys({ setup: { issuer }, probes, serverChecks }: CheckContext): Promise<CheckOutcome> {
  const url = `${issuer}/v1/keys`
  const answer = await probes.request(url)
  if (isProbeFailure(answer) || answer.status !== 200 || answer.json === undefined)
    return problem('D08a', { url, words: describeProbeResult(answer) })
  try {
    const sizes = serverChecks.readKeyBits(answer.json)
    return ok(
      `${sizes.length === 1 ? '1 key' : `${sizes.length} keys`}, RSA ${[...new Set(sizes)].join(' and ')} bits`,
    )
  } catch {
    return problem('D08b')
  }
}

export const ISSUER_CHECKS = [
  defineCheck('D03', 'domain', ['settings'], lookAtDomain),
  defineCheck('D04', 'server', ['settings'], lookAtServer),
  defineCheck('D05', 'discovery', ['domain', 'server'], lookAtDiscovery),
  defineCheck('D06', 'metadata', ['domain', 'server'], lookAtMetadata),
  defineCheck('D07', 'clock', ['domain'], lookAtClock),
  defineCheck('D08', 'keys', ['discovery'], lookAtKeys),
] as const
