import {
  allowInsecureRequests,
  Configuration,
  fetchProtectedResource,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { type ScopedDocument, scopesIn } from '../asked-scopes.ts'
import { Fault } from './faults.ts'

/** One thing that is wrong with an input: the API's words for it. */
export type InputFault = { readonly argument: string; readonly message: string }

export type Outcome<Result> =
  | { readonly kind: 'data'; readonly data: Result }
  /** The input is not right. */
  | { readonly kind: 'faults'; readonly faults: readonly InputFault[] }
  /** The token may not do this; it needs these scopes (RFC 6750 §3). */
  | { readonly kind: 'challenge'; readonly scopes: readonly string[] }
  /** Something else was written under this key. */
  | { readonly kind: 'spent' }
  /** The token is no good. */
  | { readonly kind: 'refused' }

/** Asks the API to run a document; what is written under a key is written once, however often it is asked for. */
export type AskApi = <Result, Variables>(
  document: ScopedDocument<Result, Variables>,
  variables: Variables,
  token: string,
  key?: string,
) => Promise<Outcome<Result>>

const TIMEOUT_SECONDS = 5
const INPUT_CODES = new Set(['BAD_USER_INPUT', 'ALREADY_EXISTS'])
/** How often it is asked for what another request is just writing, and how long it waits at most in between. */
const TRIES = 5
const LONGEST_WAIT_MS = 2_000

/**
 * The API, as a stranger sees it.
 * @param url its origin
 * @param wait for so many milliseconds
 * @throws (the function) Fault `apiDown` when it does not answer as it should
 */
export function createApi(url: string, wait: (milliseconds: number) => Promise<void>): AskApi {
  // Of openid-client only its reading of challenges is wanted here: nothing is discovered.
  const server = new Configuration({ issuer: url }, 'the web app')
  server.timeout = TIMEOUT_SECONDS
  if (url.startsWith('http:')) allowInsecureRequests(server)
  const endpoint = new URL(`${url}/graphql`)

  async function send(
    token: string,
    body: string,
    key: string | undefined,
    triesLeft: number,
  ): Promise<{ response: Response; answer: GraphQLAnswer<unknown> }> {
    const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' })
    if (key !== undefined) headers.set('idempotency-key', key)
    const response = await fetchProtectedResource(server, token, endpoint, 'POST', body, headers)
    const answer = (await response.json()) as GraphQLAnswer<unknown>
    if (codeIn(answer) !== 'IDEMPOTENCY_IN_FLIGHT' || triesLeft === 0) return { response, answer }
    await wait(Math.min(Number(response.headers.get('retry-after')) * 1_000, LONGEST_WAIT_MS))
    return send(token, body, key, triesLeft - 1)
  }

  return async function askApi<Result, Variables>(
    document: ScopedDocument<Result, Variables>,
    variables: Variables,
    token: string,
    key?: string,
  ): Promise<Outcome<Result>> {
    const body = JSON.stringify({ query: document.toString(), variables })
    try {
      const { response, answer } = await send(token, body, key, TRIES)
      return outcomeOf(response.status, answer as GraphQLAnswer<Result>)
    } catch (error) {
      if (error instanceof WWWAuthenticateChallengeError) return challengeIn(error)
      if (error instanceof Fault) throw error
      throw new Fault('apiDown', error)
    }
  }
}

function challengeIn(error: WWWAuthenticateChallengeError): Outcome<never> {
  const scopes = scopesIn(error.cause)
  return scopes.length > 0 ? { kind: 'challenge', scopes } : { kind: 'refused' }
}

type GraphQLAnswer<Result> = {
  data?: Result | null
  errors?: readonly { message: string; extensions?: Record<string, unknown> }[]
} | null

const codeIn = (answer: GraphQLAnswer<unknown>) => answer?.errors?.[0]?.extensions?.code

function outcomeOf<Result>(status: number, answer: GraphQLAnswer<Result>): Outcome<Result> {
  const { data, errors } = answer ?? {}
  if (data && !errors) return { kind: 'data', data }
  const [error] = errors ?? []
  if (codeIn(answer) === 'IDEMPOTENCY_MISMATCH') return { kind: 'spent' }
  if (error && INPUT_CODES.has(String(codeIn(answer))))
    return {
      kind: 'faults',
      faults: faultsIn(error.extensions?.faults) ?? [{ argument: '', message: error.message }],
    }
  throw new Fault('apiDown', new Error(`the API answered ${status}: ${error?.message ?? 'no GraphQL'}`))
}

function faultsIn(given: unknown): readonly InputFault[] | undefined {
  if (!Array.isArray(given)) return undefined
  return given.map((fault) => ({ argument: String(fault?.argument), message: String(fault?.message) }))
}
