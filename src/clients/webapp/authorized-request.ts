import { getRequiredScopes, type TypedDocument } from '../typed-document.ts'
import type { ApiClient, ApiResult } from './api-client.ts'
import type { GrantStore } from './grant-store.ts'
import { PageError } from './page-error.ts'

/** Runs a document with what a grant has: the least token that is enough, as far as is known. */
export type AuthorizedRequest = <Result, Variables>(
  grant: string,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Exclude<ApiResult<Result>, { kind: 'refused' }>>

/**
 * A token that the API refuses is renewed, once.
 * @throws (the function) PageError `signedOut`, `tokenRejected`, `apiUnavailable`, `issuerUnavailable`
 */
export function createAuthorizedRequest(apiClient: ApiClient, grants: GrantStore): AuthorizedRequest {
  return async function ask(grant, document, variables) {
    const held = await grants.getTokenForScopes(grant, getRequiredScopes(document))
    const first = await apiClient(document, variables, held.token)
    if (first.kind !== 'refused') return first
    const second = await apiClient(
      document,
      variables,
      (await grants.replaceRejectedToken(grant, held)).token,
    )
    if (second.kind === 'refused') throw new PageError('tokenRejected')
    return second
  }
}

/** The answer, where nothing but an answer will do. */
export function unwrapApiResult<Result>(result: Exclude<ApiResult<Result>, { kind: 'refused' }>): Result {
  if (result.kind === 'data') return result.data
  throw new PageError(result.kind === 'challenge' ? 'readForbidden' : 'badRequest')
}
