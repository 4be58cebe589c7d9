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
import { getChallengeScopes, getRequiredScopes, type TypedDocument } from '../typed-document.ts'
import { createAccessTokenCache } from './access-token-cache.ts'
import { mapRequestErrors } from './errors.ts'
import { type GraphQLResponse, parseGraphQLResponse } from './graphql-response.ts'

/** Sends one document with a token for exactly its scopes, and gives the answer, also one that says no. */
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

/** Where the API is that the job calls. */
export const resolveApiUrl = ({ apiUrl, port }: Pick<JobSettings, 'apiUrl' | 'port'>) =>
  apiUrl ?? `http://localhost:${port}`

/**
 * Finds the authorization server. Tokens are fetched when they are needed, and kept until shortly before they end.
 * @param dpop whether tokens are bound to a key that is made for this run (RFC 9449)
 * @throws JobError when it can't be reached
 */
export async function openSession(
  settings: JobSettings,
  { dpop = false, clock = systemClock }: { dpop?: boolean; clock?: Clock } = {},
): Promise<SendDocument> {
  const call = await openCalls(settings, dpop, clock)
  /** What a document turned out to need beside what it was generated with. */
  const needed = new WeakMap<object, readonly string[]>()

  return async function ask(document, variables) {
    const body = JSON.stringify({ query: document.toString(), variables })
    const scopes = needed.get(document) ?? getRequiredScopes(document)
    const stepUp = (error: unknown) => {
      const more = steppedUp(scopes, error)
      needed.set(document, more)
      return call(body, more)
    }
    return parseGraphQLResponse(await call(body, scopes).catch(stepUp).catch(refusalOf))
  }
}

type Call = (body: string, scopes: readonly string[]) => Promise<Response>

async function openCalls(settings: JobSettings, dpop: boolean, clock: Clock): Promise<Call> {
  const issuer = settings.issuer ?? `http://localhost:${settings.issuerPort}/oauth2/default`
  const client = settings.jobClient ?? EMBEDDED_CLIENT
  const apiUrl = resolveApiUrl(settings)
  const options = issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {}
  const theIssuer = `The authorization server at ${issuer}`
  const server = await mapRequestErrors(theIssuer, () =>
    discovery(new URL(issuer), client.id, undefined, ClientSecretBasic(client.secret), options),
  )
  if (apiUrl.startsWith('http:')) allowInsecureRequests(server)
  const proofs: DPoPOptions = dpop ? { DPoP: getDPoPHandle(server, await randomDPoPKeyPair('ES256')) } : {}
  const tokens = createAccessTokenCache(clock, (scope) =>
    mapRequestErrors(theIssuer, () => clientCredentialsGrant(server, { scope }, proofs)),
  )
  const url = new URL(`${apiUrl}/graphql`)

  async function send(body: string, token: string): Promise<Response> {
    const headers = new Headers({ 'content-type': 'application/json' })
    return mapRequestErrors(`The API at ${apiUrl}`, () =>
      fetchProtectedResource(server, token, url, 'POST', body, headers, proofs),
    )
  }
  return async function call(body, scopes) {
    const token = await tokens.get(scopes)
    return send(body, token).catch(async (error) => {
      if (!isInvalidToken(error)) throw error
      tokens.invalidate(token)
      return send(body, await tokens.get(scopes))
    })
  }
}

/** RFC 6750 §3.1: the token was good when it was fetched, and is no longer. */
const isInvalidToken = (error: unknown) =>
  error instanceof WWWAuthenticateChallengeError &&
  error.cause.some(({ parameters }) => parameters.error === 'invalid_token')

/**
 * What the challenge names beside what the token had (RFC 6750 §3): the API may ask for more than it did when the
 * document was generated.
 * @throws the error itself, where it does not say what would be enough
 */
function steppedUp(held: readonly string[], error: unknown): readonly string[] {
  if (!(error instanceof WWWAuthenticateChallengeError)) throw error
  const needed = getChallengeScopes(error.cause)
  if (needed.every((scope) => held.includes(scope))) throw error
  console.error(`The API asks for ${needed.join(' ')}: asking for a token with that.`)
  return [...new Set([...held, ...needed])]
}

/** The answer that came with a challenge: it says more than the challenge does. */
function refusalOf(error: unknown): Response {
  if (error instanceof WWWAuthenticateChallengeError) return error.response
  throw error
}
