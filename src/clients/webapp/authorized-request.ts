import { type ScopedDocument, scopesOf } from '../typed-document.ts'
import type { AskApi, Outcome } from './api-client.ts'
import type { Grants } from './grant-store.ts'
import { Fault } from './page-error.ts'

/** Runs a document with what a grant has: the least token that is enough, as far as is known. */
export type Ask = <Result, Variables>(
  grant: string,
  document: ScopedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Exclude<Outcome<Result>, { kind: 'refused' }>>

/**
 * A token that the API refuses is renewed, once.
 * @throws (the function) Fault `signedOut`, `tokenRefused`, `apiDown`, `issuerDown`
 */
export function createAsk(askApi: AskApi, grants: Grants): Ask {
  return async function ask(grant, document, variables) {
    const held = await grants.tokenFor(grant, scopesOf(document))
    const first = await askApi(document, variables, held.token)
    if (first.kind !== 'refused') return first
    const second = await askApi(document, variables, (await grants.inPlaceOf(grant, held)).token)
    if (second.kind === 'refused') throw new Fault('tokenRefused')
    return second
  }
}

/** The answer, where nothing but an answer will do. */
export function dataOf<Result>(outcome: Exclude<Outcome<Result>, { kind: 'refused' }>): Result {
  if (outcome.kind === 'data') return outcome.data
  throw new Fault(outcome.kind === 'challenge' ? 'mayNotRead' : 'badRequest')
}
