import { type Check, check, runChecks } from './check.ts'
import { type Line, type Outcome, ok, skipped, wrong } from './report-line.ts'
import { printableWithout } from './sanitizer.ts'
import type { Tools, Verdict } from './server-checks.ts'
import { commonWords, type Setup, secretsOf } from './setup.ts'
import { MOST_PASTED, type Pasted, unwrapped } from './token-input.ts'
import { type Claims, claimInText, kindOf, partsOf } from './token-kind.ts'

type Seen = Pasted & {
  readonly text: string
  readonly claims: Claims
  readonly verdict: Verdict
  readonly setup: Setup
  readonly tools: Tools
}

function lookAtPaste({ text, token, around }: Seen): Outcome {
  if (text.length > MOST_PASTED) return wrong('D30c')
  if (token === '') return wrong('D30a')
  return around.length > 0
    ? wrong('D30b', { what: around.join(', and ') })
    : ok(`${token.length} letters, and nothing else`)
}

/** Reasons that are about how a token is written, and none of what it says. */
const ILLEGIBLE = new Set(['too_large', 'not_canonical', 'not_json', 'duplicate_member', 'escaped_member'])

function lookAtKind({ token, verdict, setup }: Seen): Outcome {
  if (verdict.accepted === false && ILLEGIBLE.has(verdict.reason) && partsOf(token))
    return wrong('D31c', { reason: verdict.words })
  const kind = kindOf(token, setup)
  switch (kind) {
    case 'opaque':
      return wrong('D31a')
    case 'encrypted':
      return wrong('D31b')
    case 'unreadable':
      return wrong('D31c', { reason: verdict.accepted === false ? verdict.words : 'it is no JSON' })
    case 'id':
      return wrong('D31d')
    case 'org':
      return wrong('D31e')
    case 'proof':
      return wrong('D31f')
    case 'person':
      return ok('an access token that a person got by signing in')
    case 'job':
      return ok('an access token that a job got for itself')
  }
}

const lookAtIssuer = ({ claims, setup: { issuer } }: Seen): Outcome =>
  claims.iss === issuer ? ok(`from ${issuer}`) : wrong('D32a', { iss: claimInText(claims.iss) })

function lookAtTimes({ claims: { exp, iat, nbf }, tools }: Seen): Outcome {
  const now = tools.clock.now() / 1000
  if (typeof exp !== 'number' || !Number.isSafeInteger(Math.trunc(exp))) return wrong('D33c')
  if (exp + tools.toleranceSeconds <= now) return wrong('D33a', { ago: span(now - exp), at: moment(exp) })
  for (const begins of [iat, nbf])
    if (typeof begins === 'number' && begins > now + tools.toleranceSeconds)
      return wrong('D33b', { at: moment(begins), ahead: span(begins - now) })
  return ok(`good for ${span(Math.max(0, exp - now))}, until ${moment(exp)}`)
}

const lookAtAudience = ({ claims: { aud }, setup: { audience } }: Seen): Outcome =>
  [aud].flat().includes(audience) ? ok(`for ${audience}`) : wrong('D34a', { aud: claimInText(aud) })

async function lookAtKey({ token, tools }: Seen): Promise<Outcome> {
  const verdict = await tools.verifySignature(token)
  if (verdict.accepted) return ok('signed with a key that the issuer publishes')
  if (verdict.accepted === undefined)
    return skipped('the issuer’s keys cannot be had: `npm run doctor` says more')
  if (verdict.reason === 'unknown_kid') return wrong('D35a')
  return verdict.reason === 'signature' ? wrong('D35b') : wrong('D35c', { reason: verdict.words })
}

/** By the schema's rules: what is open, and what the rest asks for. */
function lookAtScopes({ claims: { scp }, tools, setup }: Seen): Outcome {
  const scopes = Array.isArray(scp) ? scp.filter((one) => typeof one === 'string') : []
  if (scopes.length === 0) return wrong('D36a')
  if (!scopes.some((scope) => setup.scopes.includes(scope)))
    return wrong('D36b', { scopes: scopes.join(' ') })
  const fields = tools.opens(scopes)
  const open = fields.filter((one) => one.open).map((one) => one.field)
  const shut = fields.filter((one) => !one.open).map((one) => `${one.field} (${one.asks})`)
  return ok(
    `${scopes.join(' ')}: opens ${open.join(', ') || 'nothing'}${shut.length > 0 ? `; not ${shut.join(', ')}` : ''}`,
  )
}

const lookAtBinding = ({ claims }: Seen): Outcome =>
  claims.cnf === undefined ? ok('to no key: whoever has it can use it') : wrong('D37a')

function lookAtVerdict({ verdict }: Seen): Outcome {
  if (verdict.accepted === undefined) return skipped('the API could not tell without the issuer’s keys')
  if (!verdict.accepted) return wrong('D38a', { reason: verdict.words })
  return ok(verdict.bound ? 'the API takes it, as DPoP with a proof' : 'the API takes it')
}

export const TOKEN_CHECKS: readonly Check<Seen>[] = [
  check('D30', 'paste', [], lookAtPaste),
  check('D31', 'kind', ['paste'], lookAtKind),
  check('D32', 'issuer', ['kind'], lookAtIssuer),
  check('D33', 'times', ['kind'], lookAtTimes),
  check('D34', 'audience', ['kind'], lookAtAudience),
  check('D35', 'key', ['issuer'], lookAtKey),
  check('D36', 'scopes', ['kind'], lookAtScopes),
  check('D37', 'bound', ['kind'], lookAtBinding),
  check('D38', 'verdict', ['paste'], lookAtVerdict),
]

/**
 * Says what a token is, and whether the API takes it: the verdict is the API's own check. It never repeats the token.
 * @param text as it was pasted
 */
export async function explainToken(text: string, setup: Setup, tools: Tools): Promise<readonly Line[]> {
  const pasted = unwrapped(text.slice(0, MOST_PASTED + 1))
  const { token } = pasted
  const claims = partsOf(token)?.claims ?? {}
  const verdict = await tools.verify(token)
  const printable = printableWithout([
    ...secretsOf(setup),
    ...token.split('.').filter((part) => part.length >= 16),
  ])
  return runChecks(
    TOKEN_CHECKS,
    { ...pasted, text, claims, verdict, setup, tools },
    printable,
    commonWords(setup),
  )
}

const UNITS = [
  [86_400, 'days'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** A span of seconds in its largest unit. */
function span(seconds: number): string {
  const [size, unit] = UNITS.find(([least]) => seconds >= 2 * least) ?? [1, 's']
  return `${Math.floor(seconds / size)} ${unit}`
}

/** Seconds since 1970 in UTC; what no calendar has is left as a number. */
function moment(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace(/\.\d+/, '')
}
