import {
  allowInsecureRequests,
  ClientSecretBasic,
  clientCredentialsGrant,
  type DPoPOptions,
  discovery,
  fetchProtectedResource,
  getDPoPHandle,
  randomDPoPKeyPair,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { buildStepUpScopes, findMissingScopes, getChallengeScopes } from '../challenge.ts'
import { getRequiredScopes, type TypedDocument } from '../typed-document.ts'
import { createAccessTokenCache } from './access-token-cache.ts'
import { mapRequestErrors } from './errors.ts'
import { type GraphQLResponse, parseGraphQLResponse } from './graphql-response.ts'
import { createRetry, type Retry } from './retry.ts'

/** Sends a document with a token for exactly its scopes, and returns the response, including a rejection. */
export type SendDocument = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
) => Promise<GraphQLResponse<Result>>

export type JobSettings = {
  readonly issuer: string | undefined
  readonly issuerPort: number
  readonly jobClient: { readonly id: string; readonly secret: string } | undefined
  readonly apiUrl: string | undefined
  readonly port: number
}

const EMBEDDED_CLIENT = { id: 'fakebook-cron', secret: 'fakebook-cron-secret' }

export const resolveApiUrl = ({ apiUrl, port }: Pick<JobSettings, 'apiUrl' | 'port'>) =>
  apiUrl ?? `http://localhost:${port}`

/**
 * Discovers the authorization server and returns a function that sends documents. Tokens are requested when they are
 * needed, and cached.
 * @param dpop binds the tokens to a key that is generated for this session (RFC 9449)
 * @throws TransientError when the authorization server cannot be reached, JobError when it rejects the request
 */
export async function openSession(
  settings: JobSettings,
  { dpop = false, clock = systemClock }: { dpop?: boolean; clock?: Clock } = {},
): Promise<SendDocument> {
  const post = await connect(settings, dpop, clock)
  /** The scopes of documents for which the API required more than codegen recorded. */
  const stepUpScopes = new WeakMap<object, readonly string[]>()

  async function postWithStepUp(document: TypedDocument<unknown, never>, body: string): Promise<Response> {
    const scopes = stepUpScopes.get(document) ?? getRequiredScopes(document)
    try {
      return await post(body, scopes)
    } catch (error) {
      if (!(error instanceof WWWAuthenticateChallengeError)) throw error
      const required = getChallengeScopes(error.cause)
      if (findMissingScopes(required, scopes).length === 0) throw error
      console.error(`The API requires ${required.join(' ')}. Requesting a token with these scopes.`)
      const extended = buildStepUpScopes(required, scopes)
      stepUpScopes.set(document, extended)
      return post(body, extended)
    }
  }

  return async function send(document, variables) {
    const body = JSON.stringify({ query: document.toString(), variables })
    return parseGraphQLResponse(await postWithStepUp(document, body).catch(toChallengeResponse))
  }
}

/** The body of a rejected request says more than its challenge. */
function toChallengeResponse(error: unknown): Response {
  if (error instanceof WWWAuthenticateChallengeError) return error.response
  throw error
}

/**
 * Opens a session whose requests, including the discovery, are retried while a server is unavailable or overloaded.
 * @throws as `openSession` and `createRetry` do
 */
export async function openRetryingSession(
  settings: JobSettings,
  options: {
    readonly giveUpAfterMinutes: number
    readonly dpop: boolean
    readonly clock: Clock
    readonly signal: AbortSignal
    readonly report: (message: string) => void
  },
): Promise<SendDocument> {
  const { giveUpAfterMinutes, dpop, clock, signal, report } = options
  const giveUpAfterMs = giveUpAfterMinutes * 60_000
  const retry = createRetry({ clock, random: Math.random, giveUpAfterMs, signal, report })
  return withRetry(await retry(() => openSession(settings, { dpop, clock })), retry)
}

export const withRetry =
  (send: SendDocument, retry: Retry): SendDocument =>
  (document, variables) =>
    retry(() => send(document, variables))

type Post = (body: string, scopes: readonly string[]) => Promise<Response>

async function connect(settings: JobSettings, dpop: boolean, clock: Clock): Promise<Post> {
  const issuer = settings.issuer ?? `http://localhost:${settings.issuerPort}/oauth2/default`
  const client = settings.jobClient ?? EMBEDDED_CLIENT
  const apiUrl = resolveApiUrl(settings)
  const options = issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {}
  const issuerLabel = `The authorization server at ${issuer}`
  const server = await mapRequestErrors(issuerLabel, () =>
    discovery(new URL(issuer), client.id, undefined, ClientSecretBasic(client.secret), options),
  )
  if (apiUrl.startsWith('http:')) allowInsecureRequests(server)
  const dpopOptions: DPoPOptions = dpop
    ? { DPoP: getDPoPHandle(server, await randomDPoPKeyPair('ES256')) }
    : {}
  const tokens = createAccessTokenCache(clock, (scope) =>
    mapRequestErrors(issuerLabel, () => clientCredentialsGrant(server, { scope }, dpopOptions)),
  )
  const url = new URL(`${apiUrl}/graphql`)

  async function postWithToken(body: string, token: string): Promise<Response> {
    const headers = new Headers({ 'content-type': 'application/json' })
    return mapRequestErrors(`The API at ${apiUrl}`, () =>
      fetchProtectedResource(server, token, url, 'POST', body, headers, dpopOptions),
    )
  }

  return async function post(body, scopes) {
    const token = await tokens.get(scopes)
    try {
      return await postWithToken(body, token)
    } catch (error) {
      if (!isInvalidToken(error)) throw error
      tokens.invalidate(token)
      return postWithToken(body, await tokens.get(scopes))
    }
  }
}

/** RFC 6750 §3.1: the token expired or was revoked after it was cached. */
const isInvalidToken = (error: unknown) =>
  error instanceof WWWAuthenticateChallengeError &&
  error.cause.some(({ parameters }) => parameters.error === 'invalid_token')
