import {
  allowInsecureRequests,
  Configuration,
  fetchProtectedResource,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { getChallengeScopes } from '../challenge.ts'
import type { TypedDocument } from '../typed-document.ts'
import { PageError } from './page-error.ts'

/** An invalid input field, with the API's error message. */
export type InputIssue = { readonly argument: string; readonly message: string }

export type ApiResult<Result> =
  | { readonly kind: 'data'; readonly data: Result }
  | { readonly kind: 'invalidInput'; readonly issues: readonly InputIssue[] }
  /** The token lacks scopes; `scopes` are all that the operation requires (RFC 6750 §3.1). */
  | { readonly kind: 'insufficientScope'; readonly scopes: readonly string[] }
  /** The API does not accept the token. */
  | { readonly kind: 'invalidToken' }

/** Executes a document with an access token. */
export type ApiClient = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  token: string,
) => Promise<ApiResult<Result>>

const TIMEOUT_SECONDS = 5
const INPUT_CODES = new Set(['BAD_USER_INPUT', 'ALREADY_EXISTS'])

/**
 * Creates a client of the GraphQL API.
 * @param url the API's origin
 * @throws (the client) PageError `apiUnavailable` when there is no response, or no expected one
 */
export function createApiClient(url: string): ApiClient {
  // openid-client is only used to parse challenges; nothing is discovered.
  const server = new Configuration({ issuer: url }, 'the web app')
  server.timeout = TIMEOUT_SECONDS
  if (url.startsWith('http:')) allowInsecureRequests(server)
  const endpoint = new URL(`${url}/graphql`)

  return async function executeDocument<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    token: string,
  ): Promise<ApiResult<Result>> {
    const body = JSON.stringify({ query: document.toString(), variables })
    const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' })
    try {
      const response = await fetchProtectedResource(server, token, endpoint, 'POST', body, headers)
      return toApiResult(response.status, (await response.json()) as GraphQLResponse<Result>)
    } catch (error) {
      if (error instanceof PageError) throw error
      if (!(error instanceof WWWAuthenticateChallengeError)) throw new PageError('apiUnavailable', error)
      const scopes = getChallengeScopes(error.cause)
      return scopes.length > 0 ? { kind: 'insufficientScope', scopes } : { kind: 'invalidToken' }
    }
  }
}

type GraphQLResponse<Result> = {
  data?: Result | null
  errors?: readonly { message: string; extensions?: Record<string, unknown> }[]
} | null

function toApiResult<Result>(status: number, response: GraphQLResponse<Result>): ApiResult<Result> {
  const { data, errors } = response ?? {}
  if (data && !errors) return { kind: 'data', data }
  const [error] = errors ?? []
  if (error && INPUT_CODES.has(String(error.extensions?.code)))
    return {
      kind: 'invalidInput',
      issues: parseInputIssues(error.extensions?.faults) ?? [{ argument: '', message: error.message }],
    }
  throw new PageError(
    'apiUnavailable',
    new Error(`the API responded with ${status}: ${error?.message ?? 'not a GraphQL response'}`),
  )
}

function parseInputIssues(faults: unknown): readonly InputIssue[] | undefined {
  if (!Array.isArray(faults)) return undefined
  return faults.map((fault) => ({ argument: String(fault?.argument), message: String(fault?.message) }))
}
