import {
  allowInsecureRequests,
  Configuration,
  fetchProtectedResource,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { getChallengeScopes } from '../challenge.ts'
import type { TypedDocument } from '../typed-document.ts'
import { PageError } from './page-error.ts'

/** One thing that is wrong with an input: the API's words for it. */
export type InputIssue = { readonly argument: string; readonly message: string }

export type ApiResult<Result> =
  | { readonly kind: 'data'; readonly data: Result }
  /** The input is not right. */
  | { readonly kind: 'faults'; readonly issues: readonly InputIssue[] }
  /** The token may not do this; it needs these scopes (RFC 6750 §3). */
  | { readonly kind: 'challenge'; readonly scopes: readonly string[] }
  /** The token is no good. */
  | { readonly kind: 'refused' }

/** Asks the API to run a document. */
export type ApiClient = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  token: string,
) => Promise<ApiResult<Result>>

const TIMEOUT_SECONDS = 5
const INPUT_CODES = new Set(['BAD_USER_INPUT', 'ALREADY_EXISTS'])

/**
 * The API, as a stranger sees it.
 * @param url its origin
 * @throws (the function) PageError `apiUnavailable` when it does not answer as it should
 */
export function createApiClient(url: string): ApiClient {
  // Of openid-client only its reading of challenges is wanted here: nothing is discovered.
  const server = new Configuration({ issuer: url }, 'the web app')
  server.timeout = TIMEOUT_SECONDS
  if (url.startsWith('http:')) allowInsecureRequests(server)
  const endpoint = new URL(`${url}/graphql`)

  return async function askApi<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    token: string,
  ): Promise<ApiResult<Result>> {
    const body = JSON.stringify({ query: document.toString(), variables })
    const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' })
    try {
      const response = await fetchProtectedResource(server, token, endpoint, 'POST', body, headers)
      return outcomeOf(response.status, (await response.json()) as GraphQLAnswer<Result>)
    } catch (error) {
      if (error instanceof WWWAuthenticateChallengeError) return challengeIn(error)
      if (error instanceof PageError) throw error
      throw new PageError('apiUnavailable', error)
    }
  }
}

function challengeIn(error: WWWAuthenticateChallengeError): ApiResult<never> {
  const scopes = getChallengeScopes(error.cause)
  return scopes.length > 0 ? { kind: 'challenge', scopes } : { kind: 'refused' }
}

type GraphQLAnswer<Result> = {
  data?: Result | null
  errors?: readonly { message: string; extensions?: Record<string, unknown> }[]
} | null

function outcomeOf<Result>(status: number, answer: GraphQLAnswer<Result>): ApiResult<Result> {
  const { data, errors } = answer ?? {}
  if (data && !errors) return { kind: 'data', data }
  const [error] = errors ?? []
  if (error && INPUT_CODES.has(String(error.extensions?.code)))
    return {
      kind: 'faults',
      issues: faultsIn(error.extensions?.faults) ?? [{ argument: '', message: error.message }],
    }
  throw new PageError(
    'apiUnavailable',
    new Error(`the API answered ${status}: ${error?.message ?? 'no GraphQL'}`),
  )
}

function faultsIn(given: unknown): readonly InputIssue[] | undefined {
  if (!Array.isArray(given)) return undefined
  return given.map((fault) => ({ argument: String(fault?.argument), message: String(fault?.message) }))
}
