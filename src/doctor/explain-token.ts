import { type CheckOutcome, ok, problem, type ReportLine, skipped } from './report-line.ts'
import { type DiagnosticCheck, runChecks } from './run-checks.ts'
import { createSanitizer } from './sanitizer.ts'
import type { ServerChecks, VerificationResult } from './server-checks.ts'
import { collectSecrets, type Setup, sharedFindingValues } from './setup.ts'
import { MAX_TOKEN_INPUT_LENGTH, parseTokenInput, type TokenInput } from './token-input.ts'
import { classifyToken, decodeUnverifiedJwt, formatClaim, type JwtObject } from './token-kind.ts'

type TokenContext = TokenInput & {
  /** The input as pasted. */
  readonly text: string
  /** Unverified. */
  readonly claims: JwtObject
  readonly verdict: VerificationResult
  readonly setup: Setup
  readonly serverChecks: ServerChecks
}

function checkInput({ text, token, wrappers }: TokenContext): CheckOutcome {
  if (text.length > MAX_TOKEN_INPUT_LENGTH) return problem('D30c')
  if (token === '') return problem('D30a')
  return wrappers.length > 0
    ? problem('D30b', { wrappers: wrappers.join(', ') })
    : ok(`${token.length} characters`)
}

/** Reasons that concern the encoding of a token, not its content. */
const MALFORMED = new Set(['too_large', 'not_canonical', 'not_json', 'duplicate_member', 'escaped_member'])

function checkKind({ token, verdict, setup }: TokenContext): CheckOutcome {
  if (verdict.accepted === false && MALFORMED.has(verdict.reason) && decodeUnverifiedJwt(token))
    return problem('D31c', { reason: verdict.description })
  const kind = classifyToken(token, setup)
  switch (kind) {
    case 'opaque':
      return problem('D31a')
    case 'encrypted':
      return problem('D31b')
    case 'unreadable':
      return problem('D31c', { reason: verdict.accepted === false ? verdict.description : 'it is not JSON' })
    case 'id':
      return problem('D31d')
    case 'org':
      return problem('D31e')
    case 'proof':
      return problem('D31f')
    case 'person':
      return ok('an access token of a user who signed in')
    case 'job':
      return ok('an access token of a client, without a user')
  }
}

const checkIssuer = ({ claims, setup: { issuer } }: TokenContext): CheckOutcome =>
  claims.iss === issuer ? ok(issuer) : problem('D32a', { iss: formatClaim(claims.iss) })

function checkTimes({ claims: { exp, iat, nbf }, serverChecks }: TokenContext): CheckOutcome {
  const { clock, clockToleranceSeconds } = serverChecks
  const now = clock.now() / 1000
  if (typeof exp !== 'number' || !Number.isSafeInteger(Math.trunc(exp))) return problem('D33c')
  if (exp + clockToleranceSeconds <= now)
    return problem('D33a', { ago: formatDuration(now - exp), at: formatTime(exp) })
  for (const start of [iat, nbf])
    if (typeof start === 'number' && start > now + clockToleranceSeconds)
      return problem('D33b', { at: formatTime(start), ahead: formatDuration(start - now) })
  return ok(`valid for ${formatDuration(Math.max(0, exp - now))}, until ${formatTime(exp)}`)
}

const checkAudience = ({ claims: { aud }, setup: { audience } }: TokenContext): CheckOutcome =>
  [aud].flat().includes(audience) ? ok(audience) : problem('D34a', { aud: formatClaim(aud) })

async function checkKey({ token, serverChecks }: TokenContext): Promise<CheckOutcome> {
  const verdict = await serverChecks.verifySignature(token)
  if (verdict.accepted) return ok('signed with a key that the issuer publishes')
  if (verdict.accepted === undefined)
    return skipped('the issuer’s keys are unavailable: run `npm run doctor` for the reason')
  if (verdict.reason === 'unknown_kid') return problem('D35a')
  return verdict.reason === 'signature' ? problem('D35b') : problem('D35c', { reason: verdict.description })
}

/** Lists the fields that the token's scopes allow, by the rules of the schema. */
function checkScopes({ claims: { scp }, serverChecks, setup }: TokenContext): CheckOutcome {
  const scopes = Array.isArray(scp) ? scp.filter((scope) => typeof scope === 'string') : []
  if (scopes.length === 0) return problem('D36a')
  if (!scopes.some((scope) => setup.scopes.includes(scope)))
    return problem('D36b', { scopes: scopes.join(' ') })
  const fields = serverChecks.listFieldAccess(scopes)
  const allowed = fields.filter(({ isAllowed }) => isAllowed).map(({ field }) => field)
  const denied = fields
    .filter(({ isAllowed }) => !isAllowed)
    .map(({ field, requiredScopes }) => `${field} (${requiredScopes})`)
  return ok(
    `${scopes.join(' ')}: allows ${allowed.join(', ') || 'no field'}${denied.length > 0 ? `; denies ${denied.join(', ')}` : ''}`,
  )
}

const checkBinding = ({ claims }: TokenContext): CheckOutcome =>
  claims.cnf === undefined ? ok('to no key: anyone who has the token can use it') : problem('D37a')

function checkVerdict({ verdict }: TokenContext): CheckOutcome {
  if (verdict.accepted === undefined) return skipped('the API cannot verify it without the issuer’s keys')
  if (!verdict.accepted) return problem('D38a', { reason: verdict.description })
  return ok(verdict.isKeyBound ? 'the API accepts it with a DPoP proof' : 'the API accepts it')
}

export const TOKEN_CHECKS: readonly DiagnosticCheck<TokenContext>[] = [
  { id: 'D30', name: 'paste', needs: [], run: checkInput },
  { id: 'D31', name: 'kind', needs: ['paste'], run: checkKind },
  { id: 'D32', name: 'issuer', needs: ['kind'], run: checkIssuer },
  { id: 'D33', name: 'times', needs: ['kind'], run: checkTimes },
  { id: 'D34', name: 'audience', needs: ['kind'], run: checkAudience },
  { id: 'D35', name: 'key', needs: ['issuer'], run: checkKey },
  { id: 'D36', name: 'scopes', needs: ['kind'], run: checkScopes },
  { id: 'D37', name: 'bound', needs: ['kind'], run: checkBinding },
  { id: 'D38', name: 'verdict', needs: ['paste'], run: checkVerdict },
]

/** Explains a pasted token and verifies it with the API's own code. The report never contains the token. */
export async function explainToken(
  text: string,
  setup: Setup,
  serverChecks: ServerChecks,
): Promise<readonly ReportLine[]> {
  const input = parseTokenInput(text.slice(0, MAX_TOKEN_INPUT_LENGTH + 1))
  const claims = decodeUnverifiedJwt(input.token)?.claims ?? {}
  const verdict = await serverChecks.verifyToken(input.token)
  const sanitize = createSanitizer([
    ...collectSecrets(setup),
    ...input.token.split('.').filter((segment) => segment.length >= 16),
  ])
  return runChecks(
    TOKEN_CHECKS,
    { ...input, text, claims, verdict, setup, serverChecks },
    sanitize,
    sharedFindingValues(setup),
  )
}

const UNITS = [
  { name: 'days', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
]

/** Formats a duration in the largest unit of which it has at least two. */
function formatDuration(seconds: number): string {
  const unit = UNITS.find((one) => seconds >= 2 * one.seconds) ?? { name: 's', seconds: 1 }
  return `${Math.floor(seconds / unit.seconds)} ${unit.name}`
}

/** Formats a NumericDate in UTC, or as a number if it is outside the range of dates. */
function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace(/\.\d+/, '')
}
