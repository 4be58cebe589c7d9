import { check } from './check.ts'
import type { Examined } from './probes.ts'
import { type Outcome, ok, skipped, wrong } from './report-line.ts'
import type { Client } from './setup.ts'
import type { Refused, TokenAnswer } from './token-endpoint.ts'
import { claimInText, partsOf } from './token-kind.ts'

/** How each of the API's scopes fared, asked for alone: one that is wrong does not hide the others. */
type Fared = { readonly client: Client; readonly answers: readonly (readonly [scope: string, TokenAnswer])[] }

type Look = (examined: Examined, fared: Fared) => Outcome | Promise<Outcome>

const withJob =
  (look: Look) =>
  async (examined: Examined): Promise<Outcome> => {
    const { setup, questions } = examined
    const client = setup.job
    if (!client) return skipped('OKTA_CLIENT_ID is not set: the job is not looked at')
    const answers: [string, TokenAnswer][] = []
    for (const scope of setup.scopes) answers.push([scope, await questions.tokenFor(client, scope)])
    return look(examined, { client, answers })
  }

const refusedFor = ({ answers }: Fared, ...reasons: readonly Refused[]) =>
  answers
    .filter(([, answer]) => 'refused' in answer && reasons.includes(answer.refused))
    .map(([scope]) => scope)

const grantedIn = ({ answers }: Fared) =>
  answers.filter(([, answer]) => 'token' in answer).map(([scope]) => scope)

const firstRefusal = ({ answers }: Fared) =>
  answers.map(([, answer]) => answer).find((answer) => 'refused' in answer)

const lookAtClient: Look = (_, fared) => {
  const client = fared.client.id
  const refusal = firstRefusal(fared)
  if (!refusal || !('refused' in refusal)) return ok(`${client} and its secret are taken`)
  const { words } = refusal
  switch (refusal.refused) {
    case 'client':
      return wrong('D09a', { client })
    case 'secret':
      return wrong('D09b', { client })
    case 'authentication':
      return wrong('D09c', { client, words })
    case 'grant':
      return wrong('D09d', { client, words })
    case 'proof':
    case 'proof missing':
    case 'scope':
    case 'policy':
    case 'withheld':
      return ok(`${client} and its secret are taken`)
    default:
      return wrong('D09e', { client, words })
  }
}

const lookAtProof: Look = ({ questions }, fared) => {
  const refusal = fared.answers
    .map(([, answer]) => answer)
    .find((one) => 'refused' in one && /^proof/.test(one.refused))
  if (refusal && 'refused' in refusal) return wrong('D10b', { words: refusal.words })
  return questions.wantsProof() ? wrong('D10a') : ok('not demanded: bearer tokens')
}

const lookAtScopes: Look = ({ setup }, fared) => {
  const unknown = refusedFor(fared, 'scope')
  return unknown.length > 0 ? wrong('D11a', { scopes: unknown.join(', ') }) : ok(setup.scopes.join(', '))
}

const lookAtPolicy: Look = (_, fared) => {
  const client = fared.client.id
  const [unmatched, withheld] = [refusedFor(fared, 'policy'), refusedFor(fared, 'withheld')]
  if (unmatched.length > 0) return wrong('D12a', { client, scopes: unmatched.join(', ') })
  if (withheld.length > 0) return wrong('D12b', { client, scopes: withheld.join(', ') })
  const granted = grantedIn(fared)
  return granted.length > 0
    ? ok(`a rule lets ${client} have ${granted.join(', ')}`)
    : skipped('there is no scope that Okta knows to ask for')
}

/** All that was granted, in one token, as the API itself would take it. */
const lookAtToken: Look = async ({ setup, tools, questions }, fared) => {
  const scopes = grantedIn(fared)
  if (scopes.length === 0) return skipped('there is no token to look at')
  const answer = await questions.tokenFor(fared.client, scopes.join(' '))
  if ('refused' in answer) return wrong('D13f', { scopes: scopes.join(' '), words: answer.words })
  const verdict = await tools.verify(answer.token)
  if (verdict.accepted === undefined) return skipped('the API had no keys to check it with')
  if (!verdict.accepted) return refusedBy(verdict, answer.token)
  const lacking = scopes.filter((scope) => !verdict.scopes.includes(scope))
  if (lacking.length > 0) return wrong('D13d', { scopes: scopes.join(' '), lacking: lacking.join(' ') })
  const lifetime = answer.expiresIn === undefined ? 'until it expires' : `for ${answer.expiresIn} s`
  return ok(`for ${setup.audience}, good ${lifetime}${verdict.bound ? ', bound to a key' : ''}`)
}

const UNREADABLE = new Set(['too_large', 'not_three_parts', 'not_canonical', 'not_json', 'type', 'algorithm'])

function refusedBy(
  { reason, words }: { readonly reason: string; readonly words: string },
  token: string,
): Outcome {
  if (UNREADABLE.has(reason)) return wrong('D13c', { reason: words })
  const claims = partsOf(token)?.claims ?? {}
  if (reason === 'audience') return wrong('D13a', { aud: claimInText(claims.aud) })
  if (reason === 'issuer') return wrong('D13b', { iss: claimInText(claims.iss) })
  return wrong('D13e', { reason: words })
}

/** Client credentials have no user, and `openid` is about one. */
const lookAtOpenid: Look = async ({ questions }, { client }) => {
  const answer = await questions.tokenFor(client, 'openid')
  if ('token' in answer) return wrong('D14a')
  return answer.refused === 'other'
    ? skipped(`the server did not say: ${answer.words}`)
    : ok('refused, as it should be: it is for people')
}

export const JOB_CHECKS = [
  check('D09', 'client', ['discovery'], withJob(lookAtClient)),
  check('D10', 'dpop', ['client'], withJob(lookAtProof)),
  check('D11', 'scopes', ['client', 'dpop'], withJob(lookAtScopes)),
  check('D12', 'policy', ['client', 'dpop'], withJob(lookAtPolicy)),
  check('D13', 'token', ['client', 'dpop'], withJob(lookAtToken)),
  check('D14', 'openid', ['client', 'dpop'], withJob(lookAtOpenid)),
] as const
