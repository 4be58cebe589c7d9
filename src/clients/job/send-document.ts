import { LRUCache } from 'lru-cache'
import {
  allowInsecureRequests,
  ClientSecretBasic,
  clientCredentialsGrant,
  type DPoPOptions,
  fetchProtectedResource,
  getDPoPHandle,
  randomDPoPKeyPair,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { getRequiredScopes } from '../../scopes/client.ts'
import { discoverServer } from '../authorization-code.ts'
import { buildStepUpScopes, findMissingScopes, getChallengeScopes } from '../challenge.ts'
import type { TypedDocument } from '../typed-document.ts'
import { mapRequestErrors } from './errors.ts'
import { parseGraphQLResponse } from './graphql-response.ts'
import { createPrivateKeyJwt } from './private-key-jwt.ts'
import { createRetry, type Retry } from './retry.ts'

/**
 * Sends a document with a token for exactly its scopes, and returns its data. Throws an ApiRejectionError when the API
 * rejects it, TransientError when the same request may succeed later.
 */
export type SendDocument = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Result>

/** The job's client, which authenticates with a secret or with a private key (PEM or JWK). */
type JobClient =
  | { readonly id: string; readonly secret: string; readonly privateKey?: undefined }
  | { readonly id: string; readonly secret?: undefined; readonly privateKey: string }

/** The servers that the job calls, and its client. */
export type JobSettings = {
  readonly issuer: string
  readonly apiUrl: string
  readonly client: JobClient
}

/** A token is renewed this long before it expires, so that a request with it still arrives in time. */
const RENEWAL_MARGIN_MS = 60_000
const TIMEOUT_SECONDS = 30

/**
 * Discovers the authorization server and returns a function that sends documents. Tokens are requested when they are
 * needed, and cached by their scopes.
 * @param dpop binds the tokens to a new key (RFC 9449)
 * @throws TransientError when the authorization server cannot be reached, JobError when it rejects the request
 */
export async function createSendDocument(
  settings: JobSettings,
  { dpop = false, clock = systemClock }: { dpop?: boolean; clock?: Clock } = {},
): Promise<SendDocument> {
  const { fetchToken, post } = await connect(settings, dpop)
  const tokens = new LRUCache<string, string>({
    max: 10,
    perf: { now: clock.monotonicNow },
    ttlResolution: 0,
    async fetchMethod(scope, _expired, { options }) {
      const { access_token, expires_in = 0 } = await fetchToken(scope)
      const lifetimeMs = expires_in * 1_000
      options.ttl = lifetimeMs - Math.min(RENEWAL_MARGIN_MS, lifetimeMs / 2)
      return access_token
    },
  })
  /** The scopes of documents for which the API required more than codegen recorded. */
  const stepUpScopes = new WeakMap<object, readonly string[]>()

  return async function sendDocument(document, variables) {
    const body = JSON.stringify({ query: document.toString(), variables })
    let hasRenewedToken = false
    for (;;) {
      const scopes = stepUpScopes.get(document) ?? getRequiredScopes(document)
      const scope = scopes.join(' ')
      const token = await tokens.forceFetch(scope)
      const { response, challenges } = await post(body, token)
      const requiredScopes = getChallengeScopes(challenges)
      if (isInvalidToken(challenges) && !hasRenewedToken) {
        hasRenewedToken = true
        // A concurrent request may have replaced it.
        if (tokens.peek(scope) === token) tokens.delete(scope)
      } else if (findMissingScopes(requiredScopes, scopes).length > 0) {
        console.error(`The API requires ${requiredScopes.join(' ')}. Requesting a token with these scopes.`)
        stepUpScopes.set(document, buildStepUpScopes(requiredScopes, scopes))
      } else {
        return parseGraphQLResponse(response)
      }
    }
  }
}

/** The options of the commands that retry. `patience` is in minutes. */
export type RetryingOptions = { readonly patience: number; readonly dpop?: boolean }

/** Does what `createSendDocument` does, but retries discovery and requests while a server is unavailable or overloaded. */
export async function createRetryingSendDocument(
  settings: JobSettings,
  { patience, dpop = false }: RetryingOptions,
  signal: AbortSignal,
): Promise<SendDocument> {
  const retry = createRetry({
    clock: systemClock,
    random: Math.random,
    giveUpAfterMs: patience * 60_000,
    signal,
    report: console.error,
  })
  return withRetry(await retry(() => createSendDocument(settings, { dpop })), retry)
}

export const withRetry =
  (send: SendDocument, retry: Retry): SendDocument =>
  (document, variables) =>
    retry(() => send(document, variables))

type Challenges = WWWAuthenticateChallengeError['cause']

async function connect({ issuer, apiUrl, client }: JobSettings, dpop: boolean) {
  const issuerServer = { name: 'The authorization server', url: issuer, settingName: 'OKTA_ISSUER' }
  const { id, secret, privateKey } = client
  const clientAuth =
    privateKey === undefined ? ClientSecretBasic(secret) : await createPrivateKeyJwt(privateKey)
  const server = await mapRequestErrors(issuerServer, () =>
    discoverServer(issuer, id, clientAuth, TIMEOUT_SECONDS),
  )
  if (apiUrl.startsWith('http:')) allowInsecureRequests(server)
  const dpopOptions: DPoPOptions = dpop
    ? { DPoP: getDPoPHandle(server, await randomDPoPKeyPair('ES256')) }
    : {}
  const url = new URL(`${apiUrl}/graphql`)

  return {
    fetchToken: (scope: string) =>
      mapRequestErrors(issuerServer, () => clientCredentialsGrant(server, { scope }, dpopOptions)),

    post: (body: string, token: string) =>
      mapRequestErrors({ name: 'The API', url: apiUrl, settingName: 'API_URL' }, async () => {
        const headers = new Headers({ 'content-type': 'application/json' })
        const request = fetchProtectedResource(server, token, url, 'POST', body, headers, dpopOptions)
        try {
          return { response: await request, challenges: [] as Challenges }
        } catch (error) {
          if (!(error instanceof WWWAuthenticateChallengeError)) throw error
          return { response: error.response, challenges: error.cause }
        }
      }),
  }
}

/** RFC 6750 §3.1: the token expired or was revoked after it was cached. */
const isInvalidToken = (challenges: Challenges) =>
  challenges.some(({ parameters }) => parameters.error === 'invalid_token')
