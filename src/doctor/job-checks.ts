import { parsePrivateKey } from '../lib/private-key.ts'
import type { FindingId } from './findings.ts'
import type { CheckContext, TokenErrorKind } from './probes.ts'
import { type CheckOutcome, ok, problem, skipped } from './run-checks.ts'
import type { ConfiguredClient } from './setup.ts'
import { decodeUnverifiedJwt, findScopeClaim, formatClaim, getVerdict } from './token-verdict.ts'

type JobContext = CheckContext & Awaited<ReturnType<typeof requestJobTokens>>

/** Requests one token per scope, so that a rejected scope does not hide the others. */
async function requestJobTokens({ apiScopes, requestToken }: CheckContext, client: ConfiguredClient) {
  const granted: string[] = []
  const errors: { readonly scope: string; readonly errorKind: TokenErrorKind; readonly detail: string }[] = []
  for (const scope of apiScopes) {
    const result = await requestToken(client, scope)
    if ('token' in result) granted.push(scope)
    else errors.push({ scope, ...result })
  }
  return { client, granted, errors }
}

const withJobTokens =
  (check: (context: JobContext) => CheckOutcome | Promise<CheckOutcome>) =>
  async (context: CheckContext): Promise<CheckOutcome> =>
    context.job
      ? check({ ...context, ...(await requestJobTokens(context, context.job)) })
      : skipped('OKTA_CLIENT_ID is not set')

/** The other kinds of errors show that the client is known and that its credentials are correct. */
const CLIENT_FINDINGS: Partial<Record<TokenErrorKind, FindingId>> = {
  'unknown client': 'D09a',
  'wrong secret': 'D09b',
  'wrong key': 'D09f',
  'assertion time': 'D09g',
  'authentication failed': 'D09c',
  'grant not allowed': 'D09d',
  'invalid code': 'D09e',
  other: 'D09e',
}

const KEY_CLIENT_FINDINGS = { ...CLIENT_FINDINGS, 'authentication failed': 'D09h' } as const

export const checkClient = withJobTokens(({ client: { id, privateKey }, errors }) => {
  const findings = privateKey === undefined ? CLIENT_FINDINGS : KEY_CLIENT_FINDINGS
  const key = privateKey === undefined ? undefined : describeKey(privateKey)
  for (const { errorKind, detail } of errors) {
    const findingId = findings[errorKind]
    if (findingId) return problem(findingId, { client: id, key, detail })
  }
  return ok(`the credentials of ${id} are valid${key === undefined ? '' : `: a private key with ${key}`}`)
})

function describeKey(privateKey: string): string {
  const { kid } = parsePrivateKey(privateKey)
  return kid === undefined ? 'no kid' : `kid ${kid}`
}

export const checkDpop = withJobTokens(({ client, errors, isDpopRequired }) => {
  const error = errors.find(({ errorKind }) => ['proof rejected', 'proof missing'].includes(errorKind))
  if (error) return problem('D10b', { detail: error.detail })
  return isDpopRequired() ? problem('D10a', { client: client.id }) : ok('not required: bearer tokens')
})

const listScopes = (errors: JobContext['errors'], kind: TokenErrorKind) =>
  errors
    .filter(({ errorKind }) => errorKind === kind)
    .map(({ scope }) => scope)
    .join(', ')

export const checkScopes = withJobTokens(({ apiScopes, errors }) => {
  const scopes = listScopes(errors, 'invalid scope')
  return scopes ? problem('D11a', { scopes }) : ok(apiScopes.join(', '))
})

export const checkPolicy = withJobTokens(({ client, granted, errors }) => {
  const unmatched = listScopes(errors, 'no matching rule')
  const withheld = listScopes(errors, 'scope withheld')
  if (unmatched) return problem('D12a', { client: client.id, scopes: unmatched })
  if (withheld) return problem('D12b', { client: client.id, scopes: withheld })
  return granted.length > 0
    ? ok(`a rule grants ${granted.join(', ')} to ${client.id}`)
    : skipped('the server defines none of the scopes')
})

/** Reasons to reject a token before its claims are read. */
const UNREADABLE = ['too_large', 'not_three_parts', 'not_canonical', 'not_json', 'type', 'algorithm']

/** Requests one token with every granted scope and verifies it as the API would. */
export const checkToken = withJobTokens(async (context) => {
  const { client, granted, audience } = context
  if (granted.length === 0) return skipped('there is no token to check')
  const scopes = granted.join(' ')
  const response = await context.requestToken(client, scopes)
  if ('errorKind' in response) return problem('D13f', { scopes, detail: response.detail })
  const verdict = await getVerdict(context.verifyToken(response.token))
  if (verdict.accepted === undefined) return skipped('the issuer’s keys are unavailable')
  if (!verdict.accepted) {
    const { aud, iss } = decodeUnverifiedJwt(response.token)?.claims ?? {}
    if (verdict.reason === 'audience') return problem('D13a', { aud: formatClaim(aud) })
    if (verdict.reason === 'issuer') return problem('D13b', { iss: formatClaim(iss) })
    return problem(UNREADABLE.includes(verdict.reason) ? 'D13c' : 'D13e', { reason: verdict.description })
  }
  const missing = granted.filter((scope) => !verdict.result.scopes.has(scope))
  if (missing.length > 0) {
    const claim = findScopeClaim(decodeUnverifiedJwt(response.token)?.claims ?? {}, missing)
    const values = { scopes, missing: missing.join(' '), claim }
    return problem(claim === undefined ? 'D13d' : 'D13g', values)
  }
  const validity = response.expiresInSeconds === undefined ? '' : `, valid for ${response.expiresInSeconds} s`
  return ok(`audience ${audience}${validity}${verdict.result.jkt === undefined ? '' : ', bound to a key'}`)
})

/** The client credentials grant has no user, so Okta rejects `openid`. */
export const checkOpenid = withJobTokens(async ({ client, requestToken }) => {
  const result = await requestToken(client, 'openid')
  if ('token' in result) return problem('D14a')
  return result.errorKind === 'other'
    ? skipped(`unexpected response: ${result.detail}`)
    : ok('rejected, as expected: a job has no user')
})
