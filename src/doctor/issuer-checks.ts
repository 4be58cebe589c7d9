import { check } from './check.ts'
import { type Heard, inWords, isTrouble, type Trouble } from './http-probe.ts'
import type { Examined } from './probes.ts'
import { type Outcome, ok, skipped, wrong } from './report-line.ts'
import { serverOf } from './setup.ts'

/** Okta's Admin Console is a neighbour of the domain that answers. */
const ADMIN = /-admin(?=\.(?:okta|oktapreview|okta-emea)\.com$)/

const hostOf = (url: string) => new URL(url).host
const exampleOf = (issuer: string) =>
  `${new URL(issuer).origin.replace(ADMIN, '')}/oauth2/${serverOf(issuer)}`

/** Where it is: its name, the way there, its certificate. */
async function lookAtDomain({ setup, questions, tools }: Examined): Promise<Outcome> {
  const { issuer, embedded } = setup
  const host = hostOf(issuer)
  if (ADMIN.test(new URL(issuer).hostname)) return wrong('D03a', { host, example: exampleOf(issuer) })
  const answer = await questions.discovery()
  if (!isTrouble(answer) || answer.trouble === 'large')
    return ok(`${host}${issuer.startsWith('https:') ? ', TLS' : ', plain http, on this machine alone'}`)
  if (answer.trouble === 'slow') return wrong('D03f', { host, seconds: tools.bounds.timeoutMs / 1000 })
  if (embedded) return wrong('D03e')
  const { words } = answer
  const finding = { unresolved: 'D03b', unreached: 'D03c', plain: 'D03g', tls: 'D03d' } as const
  return wrong(finding[answer.trouble], { host, words })
}

/** Whether it is a custom authorization server, by its address alone. */
async function lookAtServer({ setup: { issuer } }: Examined): Promise<Outcome> {
  const { pathname, origin } = new URL(issuer)
  const example = `${origin}/oauth2/default`
  if (/^\/(?:oauth2(?:\/v1(?:\/.*)?)?|\.well-known\/.*)?$/.test(pathname)) return wrong('D04a', { example })
  if (!/^\/oauth2\/[^/]+$/.test(pathname)) {
    const server = /^\/oauth2\/[^/]+/.exec(pathname)?.[0] ?? '/oauth2/default'
    return wrong('D04b', { path: pathname, example: `${origin}${server}` })
  }
  return ok(`the custom server "${serverOf(issuer)}"`)
}

async function lookAtDiscovery({ setup: { issuer }, questions }: Examined): Promise<Outcome> {
  const answer = await questions.discovery()
  if (!isTrouble(answer) && answer.status === 404)
    return wrong('D05a', { host: hostOf(issuer), server: serverOf(issuer) })
  const theirs = issuerIn(answer)
  if (theirs === undefined)
    return wrong('D05b', { url: `${issuer}/.well-known/openid-configuration`, words: inWords(answer) })
  return theirs === issuer ? ok('its issuer is OKTA_ISSUER, to the letter') : wrong('D05c', { theirs })
}

/** RFC 8414 §3: what clients of OAuth without OpenID read. */
async function lookAtMetadata({ setup: { issuer }, questions }: Examined): Promise<Outcome> {
  const url = `${issuer}/.well-known/oauth-authorization-server`
  const answer = await questions.ask(url)
  const theirs = issuerIn(answer)
  if (theirs === undefined) return wrong('D06a', { url, words: inWords(answer) })
  return theirs === issuer ? ok('the same issuer') : wrong('D06b', { theirs })
}

function issuerIn(answer: Heard | Trouble): string | undefined {
  if (isTrouble(answer) || answer.status !== 200) return undefined
  const { issuer } = (answer.json ?? {}) as { issuer?: unknown }
  return typeof issuer === 'string' ? issuer : undefined
}

/** RFC 9110 §6.6.1: an answer says when it was made, to the second. */
async function lookAtClock({ questions, tools }: Examined): Promise<Outcome> {
  const answer = await questions.discovery()
  const theirs = isTrouble(answer) ? Number.NaN : Date.parse(answer.headers.get('date') ?? '')
  if (isTrouble(answer) || Number.isNaN(theirs)) return skipped('the issuer’s answers do not tell the time')
  const seconds = Math.trunc((answer.at - theirs) / 1000)
  const direction = seconds > 0 ? 'ahead of' : 'behind'
  if (Math.abs(seconds) > tools.toleranceSeconds)
    return wrong('D07a', { seconds: Math.abs(seconds), direction })
  return ok(
    Math.abs(seconds) <= 1 ? 'the same time as the issuer' : `${Math.abs(seconds)} s ${direction} the issuer`,
  )
}

/** From where the API fetches them. */
async function lookAtKeys({ setup: { issuer }, questions, tools }: Examined): Promise<Outcome> {
  const url = `${issuer}/v1/keys`
  const answer = await questions.ask(url)
  if (isTrouble(answer) || answer.status !== 200 || answer.json === undefined)
    return wrong('D08a', { url, words: inWords(answer) })
  try {
    const sizes = tools.keySizes(answer.json)
    return ok(
      `${sizes.length === 1 ? '1 key' : `${sizes.length} keys`}, RSA ${[...new Set(sizes)].join(' and ')} bits`,
    )
  } catch {
    return wrong('D08b')
  }
}

export const ISSUER_CHECKS = [
  check('D03', 'domain', ['settings'], lookAtDomain),
  check('D04', 'server', ['settings'], lookAtServer),
  check('D05', 'discovery', ['domain', 'server'], lookAtDiscovery),
  check('D06', 'metadata', ['domain', 'server'], lookAtMetadata),
  check('D07', 'clock', ['domain'], lookAtClock),
  check('D08', 'keys', ['discovery'], lookAtKeys),
] as const
