import type { FindingId } from './findings.ts'
import { decodeUnverifiedJwt, formatClaim } from './pasted-token.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, type DiagnosticCheck, ok, problem, skipped } from './run-checks.ts'
import type { ConfiguredClient } from './setup.ts'
import type { TokenErrorKind } from './token-endpoint.ts'

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
      : skipped('OKTA_CLIENT_ID is not set: the job is not checked')

/** The other kinds of errors show that the client is known and that its secret is correct. */
const CLIENT_FINDINGS: Partial<Record<TokenErrorKind, FindingId>> = {
  client: 'D09a',
  secret: 'D09b',
  authentication: 'D09c',
  grant: 'D09d',
  code: 'D09e',
  other: 'D09e',
}

function checkClient({ client, errors: [error] }: JobContext): CheckOutcome {
  const findingId = error && CLIENT_FINDINGS[error.errorKind]
  return findingId
    ? problem(findingId, { client: client.id, detail: error.detail })
    : ok(`the credentials of ${client.id} are valid`)
}

function checkDpop({ client, errors, isDpopRequired }: JobContext): CheckOutcome {
  const error = errors.find(({ errorKind }) => errorKind === 'proof' || errorKind === 'proof missing')
  if (error) return problem('D10b', { detail: error.detail })
  return isDpopRequired() ? problem('D10a', { client: client.id }) : ok('not required: bearer tokens')
}

const listScopes = (errors: JobContext['errors'], kind: TokenErrorKind) =>
  errors
    .filter(({ errorKind }) => errorKind === kind)
    .map(({ scope }) => scope)
    .join(', ')

function checkScopes({ apiScopes, errors }: JobContext): CheckOutcome {
  const scopes = listScopes(errors, 'scope')
  return scopes ? problem('D11a', { scopes }) : ok(apiScopes.join(', '))
}

function checkPolicy({ client, granted, errors }: JobContext): CheckOutcome {
  const unmatched = listScopes(errors, 'policy')
  const withheld = listScopes(errors, 'withheld')
  if (unmatched) return problem('D12a', { client: client.id, scopes: unmatched })
  if (withheld) return problem('D12b', { client: client.id, scopes: withheld })
  return granted.length > 0
    ? ok(`a rule grants ${granted.join(', ')} to ${client.id}`)
    : skipped('the server defines none of the scopes')
}

/** Requests one token with every granted scope and verifies it as the API would. */
async function checkToken(context: JobContext): Promise<CheckOutcome> {
  const { client, granted, audience } = context
  if (granted.length === 0) return skipped('there is no token to check')
  const scopes = granted.join(' ')
  const result = await context.requestToken(client, scopes)
  if ('errorKind' in result) return problem('D13f', { scopes, detail: result.detail })
  const verdict = await context.verifyToken(result.token)
  if (verdict.accepted === undefined) return skipped('the issuer’s keys are unavailable')
  if (!verdict.accepted) return explainRejection(verdict, result.token)
  const missing = granted.filter((scope) => !verdict.scopes.includes(scope))
  if (missing.length > 0) return problem('D13d', { scopes, missing: missing.join(' ') })
  const validity = result.expiresInSeconds === undefined ? '' : `, valid for ${result.expiresInSeconds} s`
  return ok(`audience ${audience}${validity}${verdict.isKeyBound ? ', bound to a key' : ''}`)
}

/** Findings by the API's reason to reject a token. */
const REJECTION_FINDINGS: Readonly<Record<string, FindingId>> = {
  audience: 'D13a',
  issuer: 'D13b',
  too_large: 'D13c',
  not_three_parts: 'D13c',
  not_canonical: 'D13c',
  not_json: 'D13c',
  type: 'D13c',
  algorithm: 'D13c',
}

function explainRejection(
  { reason, description }: { readonly reason: string; readonly description: string },
  token: string,
): CheckOutcome {
  const { aud, iss } = decodeUnverifiedJwt(token)?.claims ?? {}
  return problem(REJECTION_FINDINGS[reason] ?? 'D13e', {
    aud: formatClaim(aud),
    iss: formatClaim(iss),
    reason: description,
  })
}

/** The client credentials grant has no user, so Okta rejects `openid`. */
async function checkOpenid({ client, requestToken }: JobContext): Promise<CheckOutcome> {
  const result = await requestToken(client, 'openid')
  if ('token' in result) return problem('D14a')
  return result.errorKind === 'other'
    ? skipped(`unexpected response: ${result.detail}`)
    : ok('rejected, as expected: a job has no user')
}

export const JOB_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  { id: 'D09', name: 'client', needs: ['discovery'], run: withJobTokens(checkClient) },
  { id: 'D10', name: 'dpop', needs: ['client'], run: withJobTokens(checkDpop) },
  { id: 'D11', name: 'scopes', needs: ['client', 'dpop'], run: withJobTokens(checkScopes) },
  { id: 'D12', name: 'policy', needs: ['client', 'dpop'], run: withJobTokens(checkPolicy) },
  { id: 'D13', name: 'token', needs: ['client', 'dpop'], run: withJobTokens(checkToken) },
  { id: 'D14', name: 'openid', needs: ['client', 'dpop'], run: withJobTokens(checkOpenid) },
]
