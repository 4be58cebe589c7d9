import type { InputIssue } from '../../errors/error-details.ts'
import { getRequiredScopes } from '../../scopes/client.ts'
import { parseBearerChallenge } from '../challenge.ts'
import type { TypedDocument } from '../typed-document.ts'
import type { GrantStore } from './grant-store.ts'
import { PageError } from './page-error.ts'

export type ApiResult<Result> =
  | { readonly kind: 'data'; readonly data: Result }
  | { readonly kind: 'invalidInput'; readonly issues: readonly InputIssue[] }
  /** The token lacks scopes; `scopes` are all that the operation requires (RFC 6750 §3.1). */
  | { readonly kind: 'insufficientScope'; readonly scopes: readonly string[] }

export type ExecuteDocument = ReturnType<typeof createExecuteDocument>

const TIMEOUT_MS = 5_000
const INPUT_CODES = new Set<unknown>(['BAD_USER_INPUT', 'ALREADY_EXISTS'])

/**
 * Creates the function that sends documents to the GraphQL API with the token of a grant that has the fewest sufficient
 * scopes. A rejected token is replaced and the request sent again, once.
 * @throws (the function) PageError `signedOut`, `tokenRejected`, `issuerUnavailable` or `apiUnavailable`
 */
export function createExecuteDocument(apiUrl: string, grants: GrantStore) {
  async function post<Result>(body: string, token: string) {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const init: RequestInit = { method: 'POST', headers, body, redirect: 'manual', signal }
    try {
      const response = await fetch(`${apiUrl}/graphql`, init)
      const challenge = parseBearerChallenge(response.headers.get('www-authenticate'))
      const requiredScopes = challenge?.error === 'insufficient_scope' ? challenge.scopes : undefined
      return {
        status: response.status,
        isTokenRejected: challenge !== undefined && requiredScopes === undefined,
        requiredScopes,
        json: (await response.json()) as GraphQLResponse<Result>,
      }
    } catch (error) {
      throw new PageError('apiUnavailable', error)
    }
  }

  return async function executeDocument<Result, Variables>(
    grantId: string,
    document: TypedDocument<Result, Variables>,
    variables: Variables,
  ): Promise<ApiResult<Result>> {
    const body = JSON.stringify({ query: document.toString(), variables })
    const access = await grants.getTokenForScopes(grantId, getRequiredScopes(document))
    let response = await post<Result>(body, access.token)
    if (response.isTokenRejected) {
      const replacement = await grants.replaceRejectedToken(grantId, access)
      response = await post<Result>(body, replacement.token)
    }
    if (response.isTokenRejected) throw new PageError('tokenRejected')
    if (response.requiredScopes) return { kind: 'insufficientScope', scopes: response.requiredScopes }
    return toApiResult(response.status, response.json)
  }
}

type GraphQLResponse<Result> = {
  readonly data?: Result | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: { readonly code?: string; readonly faults?: readonly InputIssue[] }
  }[]
} | null

function toApiResult<Result>(status: number, response: GraphQLResponse<Result>): ApiResult<Result> {
  const { data, errors } = response ?? {}
  if (data && !errors) return { kind: 'data', data }
  const [error] = errors ?? []
  if (error && INPUT_CODES.has(error.extensions?.code))
    return {
      kind: 'invalidInput',
      issues: error.extensions?.faults ?? [{ argument: '', message: error.message }],
    }
  const reason = `the API responded with ${status}: ${error?.message ?? 'not a GraphQL response'}`
  throw new PageError('apiUnavailable', new Error(reason))
}

/** Returns the data of a result. @throws PageError `readForbidden` or `badRequest` when there is none */
export function unwrapApiResult<Result>(result: ApiResult<Result>): Result {
  if (result.kind === 'data') return result.data
  throw new PageError(result.kind === 'insufficientScope' ? 'readForbidden' : 'badRequest')
}
