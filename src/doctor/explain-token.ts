import { findClaim, readScopes } from '../lib/token-claims.ts'
import { type CheckOutcome, type DiagnosticCheck, ok, problem, runChecks, skipped } from './run-checks.ts'
import type { Setup } from './setup.ts'
import { decodeUnverifiedJwt, findScopeClaim, formatClaim, getVerdict } from './token-verdict.ts'

/** In characters; far above the size of any token. */
export const MAX_TOKEN_INPUT_LENGTH = 64 * 1024

type TokenContext = Awaited<ReturnType<typeof createTokenContext>>

async function createTokenContext(text: string, setup: Setup) {
  const { token, wrappers } = parseTokenInput(text.slice(0, MAX_TOKEN_INPUT_LENGTH + 1))
  const jwt = decodeUnverifiedJwt(token)
  const verdict = await getVerdict(setup.verifyToken(token))
  return { ...setup, text, token, wrappers, jwt, claims: jwt?.claims ?? {}, verdict }
}

/** Text that is often pasted along with a token, outermost first. */
const WRAPPERS = [
  { description: 'the whole token response', pattern: /^\{.*"access_token"\s*:\s*"(?<inner>[^"]*)".*$/s },
  { description: 'headers as JSON', pattern: /^\{.*"authorization"\s*:\s*"(?<inner>[^"]*)".*$/is },
  { description: 'the header name Authorization', pattern: /^authorization\s*:(?<inner>.*)$/is },
  { description: 'the scheme Bearer', pattern: /^bearer[\s:]+(?<inner>.*)$/is },
  { description: 'the scheme DPoP', pattern: /^dpop\s+(?<inner>.*)$/is },
  { description: 'quotes', pattern: /^(["'`])(?<inner>.*)\1[,;]?$/s },
]
const MAX_WRAPPERS = 8

/** Extracts the token from pasted text, and describes what surrounded it. */
function parseTokenInput(text: string) {
  let token = text.trim()
  const wrappers: string[] = []
  while (wrappers.length < MAX_WRAPPERS) {
    const wrapper = WRAPPERS.find(({ pattern }) => pattern.test(token))
    if (!wrapper) break
    wrappers.push(wrapper.description)
    token = token.replace(wrapper.pattern, '$<inner>').trim()
  }
  if (/\s/.test(token)) wrappers.push('whitespace or line breaks')
  return { token: token.replace(/\s+/g, ''), wrappers }
}

function checkInput({ text, token, wrappers }: TokenContext): CheckOutcome {
  if (text.length > MAX_TOKEN_INPUT_LENGTH) return problem('D30c')
  if (token === '') return problem('D30a')
  return wrappers.length > 0
    ? problem('D30b', { wrappers: wrappers.join(', ') })
    : ok(`${token.length} characters`)
}

/** Reasons that concern the encoding of a token, not its content. */
const MALFORMED = ['too_large', 'not_canonical', 'not_json', 'duplicate_member', 'escaped_member']

/**
 * Classifies a token by features that only one kind has: Okta's typ for its own API, the typ of a DPoP proof (RFC 9449 §4.2),
 * OpenID Connect's nonce and at_hash, and a client id as audience. A JWT whose audience is this API is an access token.
 */
function checkKind(context: TokenContext): CheckOutcome {
  const { token, jwt, claims, verdict, audience, issuer } = context
  const segments = token.split('.').length
  if (segments === 5) return problem('D31b')
  if (segments !== 3 || (!jwt && !token.startsWith('eyJ'))) return problem('D31a')
  if (!jwt || (verdict.accepted === false && MALFORMED.includes(verdict.reason)))
    return problem('D31c', { reason: verdict.accepted === false ? verdict.description : 'it is not JSON' })
  if (jwt.header.typ === 'dpop+jwt') return problem('D31f')
  if (jwt.header.typ === 'application/okta-internal-at+jwt') return problem('D31e')
  if (![claims.aud].flat().includes(audience)) {
    if (looksLikeIdToken(context)) return problem('D31d')
    if (claims.iss === new URL(issuer).origin) return problem('D31e')
  }
  const subject = Object.hasOwn(claims, 'uid') ? 'a user who signed in' : 'a client, without a user'
  return ok(`an access token of ${subject}`)
}

function looksLikeIdToken({ claims, scopeClaims, job, webapp, ide }: TokenContext): boolean {
  if (findClaim(claims, scopeClaims) !== undefined) return false
  const isForClient = [job, webapp.client, ide.client].some((client) => client && client.id === claims.aud)
  const hasIdTokenClaim = ['nonce', 'at_hash', 'amr'].some((name) => Object.hasOwn(claims, name))
  return isForClient || hasIdTokenClaim || String(claims.jti).startsWith('ID.')
}

const checkIssuer = ({ claims, issuer }: TokenContext): CheckOutcome =>
  claims.iss === issuer ? ok(issuer) : problem('D32a', { iss: formatClaim(claims.iss) })

function checkTimes({ claims, clock, clockToleranceSeconds }: TokenContext): CheckOutcome {
  const { exp, iat, nbf } = claims
  const now = clock.now() / 1000
  if (typeof exp !== 'number' || !Number.isSafeInteger(Math.trunc(exp))) return problem('D33c')
  if (exp + clockToleranceSeconds <= now)
    return problem('D33a', { ago: formatDuration(now - exp), at: formatTime(exp) })
  for (const start of [iat, nbf])
    if (typeof start === 'number' && start > now + clockToleranceSeconds)
      return problem('D33b', { at: formatTime(start), ahead: formatDuration(start - now) })
  return ok(`valid for ${formatDuration(Math.max(0, exp - now))}, until ${formatTime(exp)}`)
}

/** Formats a duration in the largest unit of which it has at least two. */
function formatDuration(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} days`
  if (seconds >= 2 * 3_600) return `${Math.floor(seconds / 3_600)} h`
  if (seconds >= 2 * 60) return `${Math.floor(seconds / 60)} min`
  return `${Math.floor(seconds)} s`
}

/** Formats a NumericDate in UTC, or as a number if it is outside the range of dates. */
function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace(/\.\d+/, '')
}

const checkAudience = ({ claims: { aud }, audience }: TokenContext): CheckOutcome =>
  [aud].flat().includes(audience) ? ok(audience) : problem('D34a', { aud: formatClaim(aud) })

async function checkKey({ token, verifySignature }: TokenContext): Promise<CheckOutcome> {
  const verdict = await getVerdict(verifySignature(token))
  if (verdict.accepted) return ok('signed with a key that the issuer publishes')
  if (verdict.accepted === undefined)
    return skipped('the issuer’s keys are unavailable: run `npm run doctor` for the reason')
  if (verdict.reason === 'unknown_kid') return problem('D35a')
  return verdict.reason === 'signature' ? problem('D35b') : problem('D35c', { reason: verdict.description })
}

/** Lists the fields that the token's scopes allow, by the rules of the schema. */
function checkScopes({ claims, apiScopes, scopeClaims, listFieldAccess }: TokenContext): CheckOutcome {
  const scopes = [...(readScopes(claims, scopeClaims) ?? [])]
  if (!scopes.some((scope) => apiScopes.includes(scope))) {
    const claim = findScopeClaim(claims, apiScopes)
    if (claim !== undefined) return problem('D36c', { claim })
    return scopes.length === 0 ? problem('D36a') : problem('D36b', { scopes: scopes.join(' ') })
  }
  const { allowed, denied } = listFieldAccess(scopes)
  const denials = denied.length > 0 ? `; denies ${denied.join(', ')}` : ''
  return ok(`${scopes.join(' ')}: allows ${allowed.join(', ') || 'no field'}${denials}`)
}

const checkBinding = ({ claims }: TokenContext): CheckOutcome =>
  claims.cnf === undefined ? ok('to no key: anyone who has the token can use it') : problem('D37a')

function checkVerdict({ verdict }: TokenContext): CheckOutcome {
  if (verdict.accepted === undefined) return skipped('the API cannot verify it without the issuer’s keys')
  if (!verdict.accepted) return problem('D38a', { reason: verdict.description })
  return ok(`the API accepts it${verdict.result.jkt === undefined ? '' : ' with a DPoP proof'}`)
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
export async function explainToken(text: string, setup: Setup) {
  const context = await createTokenContext(text, setup)
  const longSegments = context.token.split('.').filter((segment) => segment.length >= 16)
  return runChecks(TOKEN_CHECKS, context, longSegments)
}
