import { type DiagnosticCheck, defineCheck, runChecks } from './check.ts'
import { type CheckOutcome, ok, problem, type ReportLine, skipped } from './report-line.ts'
import { createSanitizer } from './sanitizer.ts'
import type { ServerChecks, VerificationResult } from './server-checks.ts'
import { collectSecrets, type Setup, sharedFindingValues } from './setup.ts'
import { MAX_TOKEN_INPUT_LENGTH, parseTokenInput, type TokenInput } from './token-input.ts'
import { classifyToken, decodeUnverifiedJwt, formatClaim, type JwtObject } from './token-kind.ts'

type Seen = TokenInput & {
  readonly text: string
  readonly claims: JwtObject
  readonly verdict: VerificationResult
  readonly setup: Setup
  readonly tools: ServerChecks
}

function lookAtPaste({ text, token, wrappers }: Seen): CheckOutcome {
  if (text.length > MAX_TOKEN_INPUT_LENGTH) return problem('D30c')
  if (token === '') return problem('D30a')
  return wrappers.length > 0
    ? problem('D30b', { what: wrappers.join(', and ') })
    : ok(`${token.length} letters, and nothing else`)
}

/** Reasons that are about how a token is written, and none of what it says. */
const ILLEGIBLE = new Set(['too_large', 'not_canonical', 'not_json', 'duplicate_member', 'escaped_member'])

function lookAtKind({ token, verdict, setup }: Seen): CheckOutcome {
  if (verdict.accepted === false && ILLEGIBLE.has(verdict.reason) && decodeUnverifiedJwt(token))
    return problem('D31c', { reason: verdict.description })
  const kind = classifyToken(token, setup)
  switch (kind) {
    case 'opaque':
      return problem('D31a')
    case 'encrypted':
      return problem('D31b')
    case 'unreadable':
      return problem('D31c', { reason: verdict.accepted === false ? verdict.description : 'it is no JSON' })
    case 'id':
      return problem('D31d')
    case 'org':
      return problem('D31e')
    case 'proof':
      return problem('D31f')
    case 'person':
      return ok('an access token that a person got by signing in')
    case 'job':
      return ok('an access token that a job got for itself')
  }
}

const lookAtIssuer = ({ claims, setup: { issuer } }: Seen): CheckOutcome =>
  claims.iss === issuer ? ok(`from ${issuer}`) : problem('D32a', { iss: formatClaim(claims.iss) })

function lookAtTimes({ claims: { exp, iat, nbf }, tools }: Seen): CheckOutcome {
  const now = tools.clock.now() / 1000
  if (typeof exp !== 'number' || !Number.isSafeInteger(Math.trunc(exp))) return problem('D33c')
  if (exp + tools.clockToleranceSeconds <= now)
    return problem('D33a', { ago: span(now - exp), at: moment(exp) })
  for (const begins of [iat, nbf])
    if (typeof begins === 'number' && begins > now + tools.clockToleranceSeconds)
      return problem('D33b', { at: moment(begins), ahead: span(begins - now) })
  return ok(`good for ${span(Math.max(0, exp - now))}, until ${moment(exp)}`)
}

const lookAtAudience = ({ claims: { aud }, setup: { audience } }: Seen): CheckOutcome =>
  [aud].flat().includes(audience) ? ok(`for ${audience}`) : problem('D34a', { aud: formatClaim(aud) })

async function lookAtKey({ token, tools }: Seen): Promise<CheckOutcome> {
  const verdict = await tools.verifySignature(token)
  if (verdict.accepted) return ok('signed with a key that the issuer publishes')
  if (verdict.accepted === undefined)
    return skipped('the issuer’s keys cannot be had: `npm run doctor` says more')
  if (verdict.reason === 'unknown_kid') return problem('D35a')
  return verdict.reason === 'signature' ? problem('D35b') : problem('D35c', { reason: verdict.description })
}

/** By the schema's rules: what is open, and what the rest asks for. */
function lookAtScopes({ claims: { scp }, tools, setup }: Seen): CheckOutcome {
  const scopes = Array.isArray(scp) ? scp.filter((one) => typeof one === 'string') : []
  if (scopes.length === 0) return problem('D36a')
  if (!scopes.some((scope) => setup.scopes.includes(scope)))
    return problem('D36b', { scopes: scopes.join(' ') })
  const fields = tools.listFieldAccess(scopes)
  const open = fields.filter((one) => one.isAllowed).map((one) => one.field)
  const shut = fields.filter((one) => !one.isAllowed).map((one) => `${one.field} (${one.requiredScopes})`)
  return ok(
    `${scopes.join(' ')}: opens ${open.join(', ') || 'nothing'}${shut.length > 0 ? `; not ${shut.join(', ')}` : ''}`,
  )
}

const lookAtBinding = ({ claims }: Seen): CheckOutcome =>
  claims.cnf === undefined ? ok('to no key: whoever has it can use it') : problem('D37a')

function lookAtVerdict({ verdict }: Seen): CheckOutcome {
  if (verdict.accepted === undefined) return skipped('the API could not tell without the issuer’s keys')
  if (!verdict.accepted) return problem('D38a', { reason: verdict.description })
  return ok(verdict.isKeyBound ? 'the API takes it, as DPoP with a proof' : 'the API takes it')
}

export const TOKEN_CHECKS: readonly DiagnosticCheck<Seen>[] = [
  defineCheck('D30', 'paste', [], lookAtPaste),
  defineCheck('D31', 'kind', ['paste'], lookAtKind),
  defineCheck('D32', 'issuer', ['kind'], lookAtIssuer),
  defineCheck('D33', 'times', ['kind'], lookAtTimes),
  defineCheck('D34', 'audience', ['kind'], lookAtAudience),
  defineCheck('D35', 'key', ['issuer'], lookAtKey),
  defineCheck('D36', 'scopes', ['kind'], lookAtScopes),
  defineCheck('D37', 'bound', ['kind'], lookAtBinding),
  defineCheck('D38', 'verdict', ['paste'], lookAtVerdict),
]

/**
 * Says what a token is, and whether the API takes it: the verdict is the API's own check. It never repeats the token.
 * @param text as it was pasted
 */
export async function explainToken(
  text: string,
  setup: Setup,
  serverChecks: ServerChecks,
): Promise<readonly ReportLine[]> {
  const pasted = parseTokenInput(text.slice(0, MAX_TOKEN_INPUT_LENGTH + 1))
  const { token } = pasted
  const claims = decodeUnverifiedJwt(token)?.claims ?? {}
  const verdict = await serverChecks.verifyToken(token)
  const printable = createSanitizer([
    ...collectSecrets(setup),
    ...token.split('.').filter((part) => part.length >= 16),
  ])
  return runChecks(
    TOKEN_CHECKS,
    { ...pasted, text, claims, verdict, setup, tools: serverChecks },
    printable,
    sharedFindingValues(setup),
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
