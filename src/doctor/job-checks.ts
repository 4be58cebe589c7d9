import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem, skipped } from './report-line.ts'
import type { DiagnosticCheck } from './run-checks.ts'
import type { ConfiguredClient } from './setup.ts'
import type { TokenEndpointResult, TokenErrorKind } from './token-endpoint.ts'
import { decodeUnverifiedJwt, formatClaim } from './token-kind.ts'

/** The job's client, and one token request per scope, so that a rejected scope does not hide the others. */
type JobTokens = {
  readonly client: ConfiguredClient
  readonly results: readonly { readonly scope: string; readonly result: TokenEndpointResult }[]
}

type JobCheck = (context: CheckContext, tokens: JobTokens) => CheckOutcome | Promise<CheckOutcome>

const withJobTokens =
  (check: JobCheck) =>
  async (context: CheckContext): Promise<CheckOutcome> => {
    const { setup, probes } = context
    const client = setup.job
    if (!client) return skipped('OKTA_CLIENT_ID is not set: the job is not checked')
    const results = []
    for (const scope of setup.scopes)
      results.push({ scope, result: await probes.requestToken(client, scope) })
    return check(context, { client, results })
  }

const findErrors = ({ results }: JobTokens) =>
  results.flatMap(({ scope, result }) => ('errorKind' in result ? [{ scope, ...result }] : []))

const scopesWithError = (tokens: JobTokens, kind: TokenErrorKind) =>
  findErrors(tokens).flatMap((error) => (error.errorKind === kind ? [error.scope] : []))

const grantedScopes = ({ results }: JobTokens) =>
  results.flatMap(({ scope, result }) => ('token' in result ? [scope] : []))

const checkClient: JobCheck = (_, tokens) => {
  const client = tokens.client.id
  const authenticated = ok(`the credentials of ${client} are valid`)
  const [error] = findErrors(tokens)
  if (!error) return authenticated
  const detail = error.description
  switch (error.errorKind) {
    case 'client':
      return problem('D09a', { client })
    case 'secret':
      return problem('D09b', { client })
    case 'authentication':
      return problem('D09c', { client, detail })
    case 'grant':
      return problem('D09d', { client, detail })
    case 'proof':
    case 'proof missing':
    case 'scope':
    case 'policy':
    case 'withheld':
      return authenticated
    default:
      return problem('D09e', { client, detail })
  }
}

const checkDpop: JobCheck = ({ probes }, tokens) => {
  const error = findErrors(tokens).find(({ errorKind }) => /^proof/.test(errorKind))
  if (error) return problem('D10b', { detail: error.description })
  return probes.isDpopRequired()
    ? problem('D10a', { client: tokens.client.id })
    : ok('not required: bearer tokens')
}

const checkScopes: JobCheck = ({ setup }, tokens) => {
  const undefinedScopes = scopesWithError(tokens, 'scope')
  return undefinedScopes.length > 0
    ? problem('D11a', { scopes: undefinedScopes.join(', ') })
    : ok(setup.scopes.join(', '))
}

const checkPolicy: JobCheck = (_, tokens) => {
  const client = tokens.client.id
  const unmatched = scopesWithError(tokens, 'policy')
  const withheld = scopesWithError(tokens, 'withheld')
  if (unmatched.length > 0) return problem('D12a', { client, scopes: unmatched.join(', ') })
  if (withheld.length > 0) return problem('D12b', { client, scopes: withheld.join(', ') })
  const granted = grantedScopes(tokens)
  return granted.length > 0
    ? ok(`a rule grants ${granted.join(', ')} to ${client}`)
    : skipped('the server defines none of the scopes')
}

/** Requests one token with every granted scope and verifies it as the API would. */
const checkToken: JobCheck = async ({ setup, serverChecks, probes }, tokens) => {
  const scopes = grantedScopes(tokens)
  if (scopes.length === 0) return skipped('there is no token to check')
  const result = await probes.requestToken(tokens.client, scopes.join(' '))
  if ('errorKind' in result) return problem('D13f', { scopes: scopes.join(' '), detail: result.description })
  const verdict = await serverChecks.verifyToken(result.token)
  if (verdict.accepted === undefined) return skipped('the issuer’s keys are unavailable')
  if (!verdict.accepted) return describeRejection(verdict, result.token)
  const missing = scopes.filter((scope) => !verdict.scopes.includes(scope))
  if (missing.length > 0) return problem('D13d', { scopes: scopes.join(' '), missing: missing.join(' ') })
  const { expiresInSeconds } = result
  return ok(
    [
      `audience ${setup.audience}`,
      ...(expiresInSeconds === undefined ? [] : [`valid for ${expiresInSeconds} s`]),
      ...(verdict.isKeyBound ? ['bound to a key'] : []),
    ].join(', '),
  )
}

const UNREADABLE = new Set(['too_large', 'not_three_parts', 'not_canonical', 'not_json', 'type', 'algorithm'])

function describeRejection(
  { reason, description }: { readonly reason: string; readonly description: string },
  token: string,
): CheckOutcome {
  if (UNREADABLE.has(reason)) return problem('D13c', { reason: description })
  const claims = decodeUnverifiedJwt(token)?.claims ?? {}
  if (reason === 'audience') return problem('D13a', { aud: formatClaim(claims.aud) })
  if (reason === 'issuer') return problem('D13b', { iss: formatClaim(claims.iss) })
  return problem('D13e', { reason: description })
}

/** The client credentials grant has no user, so Okta rejects `openid`. */
const checkOpenid: JobCheck = async ({ probes }, { client }) => {
  const result = await probes.requestToken(client, 'openid')
  if ('token' in result) return problem('D14a')
  return result.errorKind === 'other'
    ? skipped(`unexpected response: ${result.description}`)
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
