import { defineCheck } from './check.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem, skipped } from './report-line.ts'
import type { ConfiguredClient } from './setup.ts'
import type { TokenEndpointResult, TokenErrorKind } from './token-endpoint.ts'
import { decodeUnverifiedJwt, formatClaim } from './token-kind.ts'

/** How each of the API's scopes fared, asked for alone: one that is wrong does not hide the others. */
type Fared = {
  readonly client: ConfiguredClient
  readonly answers: readonly (readonly [scope: string, TokenEndpointResult])[]
}

type Look = (examined: CheckContext, fared: Fared) => CheckOutcome | Promise<CheckOutcome>

const withJob =
  (look: Look) =>
  async (examined: CheckContext): Promise<CheckOutcome> => {
    const { setup, probes } = examined
    const client = setup.job
    if (!client) return skipped('OKTA_CLIENT_ID is not set: the job is not looked at')
    const answers: [string, TokenEndpointResult][] = []
    for (const scope of setup.scopes) answers.push([scope, await probes.requestToken(client, scope)])
    return look(examined, { client, answers })
  }

const refusedFor = ({ answers }: Fared, ...reasons: readonly TokenErrorKind[]) =>
  answers
    .filter(([, answer]) => 'errorKind' in answer && reasons.includes(answer.errorKind))
    .map(([scope]) => scope)

const grantedIn = ({ answers }: Fared) =>
  answers.filter(([, answer]) => 'token' in answer).map(([scope]) => scope)

const firstRefusal = ({ answers }: Fared) =>
  answers.map(([, answer]) => answer).find((answer) => 'errorKind' in answer)

const lookAtClient: Look = (_, fared) => {
  const client = fared.client.id
  const refusal = firstRefusal(fared)
  if (!refusal || !('errorKind' in refusal)) return ok(`${client} and its secret are taken`)
  const { description } = refusal
  switch (refusal.errorKind) {
    case 'client':
      return problem('D09a', { client })
    case 'secret':
      return problem('D09b', { client })
    case 'authentication':
      return problem('D09c', { client, words: description })
    case 'grant':
      return problem('D09d', { client, words: description })
    case 'proof':
    case 'proof missing':
    case 'scope':
    case 'policy':
    case 'withheld':
      return ok(`${client} and its secret are taken`)
    default:
      return problem('D09e', { client, words: description })
  }
}

const lookAtProof: Look = ({ probes }, fared) => {
  const refusal = fared.answers
    .map(([, answer]) => answer)
    .find((one) => 'errorKind' in one && /^proof/.test(one.errorKind))
  if (refusal && 'errorKind' in refusal) return problem('D10b', { words: refusal.description })
  return probes.isDpopRequired() ? problem('D10a') : ok('not demanded: bearer tokens')
}

const lookAtScopes: Look = ({ setup }, fared) => {
  const unknown = refusedFor(fared, 'scope')
  return unknown.length > 0 ? problem('D11a', { scopes: unknown.join(', ') }) : ok(setup.scopes.join(', '))
}

const lookAtPolicy: Look = (_, fared) => {
  const client = fared.client.id
  const [unmatched, withheld] = [refusedFor(fared, 'policy'), refusedFor(fared, 'withheld')]
  if (unmatched.length > 0) return problem('D12a', { client, scopes: unmatched.join(', ') })
  if (withheld.length > 0) return problem('D12b', { client, scopes: withheld.join(', ') })
  const granted = grantedIn(fared)
  return granted.length > 0
    ? ok(`a rule lets ${client} have ${granted.join(', ')}`)
    : skipped('there is no scope that Okta knows to ask for')
}

/** All that was granted, in one token, as the API itself would take it. */
const lookAtToken: Look = async ({ setup, serverChecks, probes }, fared) => {
  const scopes = grantedIn(fared)
  if (scopes.length === 0) return skipped('there is no token to look at')
  const answer = await probes.requestToken(fared.client, scopes.join(' '))
  if ('errorKind' in answer) return problem('D13f', { scopes: scopes.join(' '), words: answer.description })
  const verdict = await serverChecks.verifyToken(answer.token)
  if (verdict.accepted === undefined) return skipped('the API had no keys to check it with')
  if (!verdict.accepted) return refusedBy(verdict, answer.token)
  const lacking = scopes.filter((scope) => !verdict.scopes.includes(scope))
  if (lacking.length > 0) return problem('D13d', { scopes: scopes.join(' '), lacking: lacking.join(' ') })
  const lifetime =
    answer.expiresInSeconds === undefined ? 'until it expires' : `for ${answer.expiresInSeconds} s`
  return ok(`for ${setup.audience}, good ${lifetime}${verdict.isKeyBound ? ', bound to a key' : ''}`)
}

const UNREADABLE = new Set(['too_large', 'not_three_parts', 'not_canonical', 'not_json', 'type', 'algorithm'])

function refusedBy(
  { reason, description }: { readonly reason: string; readonly description: string },
  token: string,
): CheckOutcome {
  if (UNREADABLE.has(reason)) return problem('D13c', { reason: description })
  const claims = decodeUnverifiedJwt(token)?.claims ?? {}
  if (reason === 'audience') return problem('D13a', { aud: formatClaim(claims.aud) })
  if (reason === 'issuer') return problem('D13b', { iss: formatClaim(claims.iss) })
  return problem('D13e', { reason: description })
}

/** Client credentials have no user, and `openid` is about one. */
const lookAtOpenid: Look = async ({ probes }, { client }) => {
  const answer = await probes.requestToken(client, 'openid')
  if ('token' in answer) return problem('D14a')
  return answer.errorKind === 'other'
    ? skipped(`the server did not say: ${answer.description}`)
    : ok('refused, as it should be: it is for people')
}

export const JOB_CHECKS = [
  defineCheck('D09', 'client', ['discovery'], withJob(lookAtClient)),
  defineCheck('D10', 'dpop', ['client'], withJob(lookAtProof)),
  defineCheck('D11', 'scopes', ['client', 'dpop'], withJob(lookAtScopes)),
  defineCheck('D12', 'policy', ['client', 'dpop'], withJob(lookAtPolicy)),
  defineCheck('D13', 'token', ['client', 'dpop'], withJob(lookAtToken)),
  defineCheck('D14', 'openid', ['client', 'dpop'], withJob(lookAtOpenid)),
] as const
