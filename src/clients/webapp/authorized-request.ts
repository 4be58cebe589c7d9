import { getRequiredScopes, type TypedDocument } from '../typed-document.ts'
import type { ApiClient, ApiResult } from './api-client.ts'
import type { GrantStore } from './grant-store.ts'
import { PageError } from './page-error.ts'

type AuthorizedResult<Result> = Exclude<ApiResult<Result>, { kind: 'invalidToken' }>

/** Executes a document with a token of the given grant. */
export type AuthorizedRequest = <Result, Variables>(
  grantId: string,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
) => Promise<AuthorizedResult<Result>>

/**
 * Creates a function that executes documents with the token that has the fewest sufficient scopes. A rejected token is
 * replaced and the request sent again, once.
 * @throws (the function) PageError `signedOut`, `tokenRejected`, `apiUnavailable`, `issuerUnavailable`
 */
export function createAuthorizedRequest(apiClient: ApiClient, grants: GrantStore): AuthorizedRequest {
  return async function sendAuthorizedRequest(grantId, document, variables) {
    const access = await grants.getTokenForScopes(grantId, getRequiredScopes(document))
    const first = await apiClient(document, variables, access.token)
    if (first.kind !== 'invalidToken') return first
    const replacement = await grants.replaceRejectedToken(grantId, access)
    const second = await apiClient(document, variables, replacement.token)
    if (second.kind === 'invalidToken') throw new PageError('tokenRejected')
    return second
  }
}

/** Returns the data of a result. @throws PageError `readForbidden` or `badRequest` when there is none */
export function unwrapApiResult<Result>(result: AuthorizedResult<Result>): Result {
  if (result.kind === 'data') return result.data
  throw new PageError(result.kind === 'insufficientScope' ? 'readForbidden' : 'badRequest')
}
