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
import { type ScopedDocument, scopesIn, scopesOf } from '../asked-scopes.ts'
import { JobFault, reached } from './faults.ts'

/** Runs one document with a token for exactly its scopes. */
export type RunDocument = <Result, Variables>(
  document: ScopedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Result>

type Settings = {
  readonly issuer: string | undefined
  readonly issuerPort: number
  readonly client: { readonly id: string; readonly secret: string } | undefined
  readonly apiUrl: string | undefined
  readonly port: number
}

const EMBEDDED_CLIENT = { id: 'fakebook-cron', secret: 'fakebook-cron-secret' }

/**
 * Finds the authorization server.
 * @param dpop whether tokens are bound to a key that is made for this run (RFC 9449)
 * @throws JobFault when it can't be reached
 */
export async function connect(settings: Settings, { dpop = false } = {}): Promise<RunDocument> {
  const issuer = settings.issuer ?? `http://localhost:${settings.issuerPort}/oauth2/default`
  const client = settings.client ?? EMBEDDED_CLIENT
  const apiUrl = settings.apiUrl ?? `http://localhost:${settings.port}`
  const options = issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {}
  const theIssuer = `The authorization server at ${issuer}`
  const server = await reached(theIssuer, () =>
    discovery(new URL(issuer), client.id, undefined, ClientSecretBasic(client.secret), options),
  )
  if (apiUrl.startsWith('http:')) allowInsecureRequests(server)
  const proofs: DPoPOptions = dpop ? { DPoP: getDPoPHandle(server, await randomDPoPKeyPair('ES256')) } : {}

  return async function run(document, variables) {
    const body = JSON.stringify({ query: document.toString(), variables })
    async function call(scopes: readonly string[]): Promise<Response> {
      const { access_token } = await reached(theIssuer, () =>
        clientCredentialsGrant(server, { scope: scopes.join(' ') }, proofs),
      )
      const url = new URL(`${apiUrl}/graphql`)
      const headers = new Headers({ 'content-type': 'application/json' })
      return reached(`The API at ${apiUrl}`, () =>
        fetchProtectedResource(server, access_token, url, 'POST', body, headers, proofs),
      )
    }
    const scopes = scopesOf(document)
    return resultOf(
      await call(scopes)
        .catch((error) => call(steppedUp(scopes, error)))
        .catch(refusalOf),
    )
  }
}

/**
 * What the challenge names beside what the token had (RFC 6750 §3): the API may ask for more than it did when the
 * document was generated.
 * @throws the error itself, where it does not say what would be enough
 */
function steppedUp(held: readonly string[], error: unknown): readonly string[] {
  if (!(error instanceof WWWAuthenticateChallengeError)) throw error
  const needed = scopesIn(error.cause)
  if (needed.every((scope) => held.includes(scope))) throw error
  console.error(`The API asks for ${needed.join(' ')}: asking for a token with that.`)
  return [...new Set([...held, ...needed])]
}

/** The answer that came with a challenge: it says more than the challenge does. */
function refusalOf(error: unknown): Response {
  if (error instanceof WWWAuthenticateChallengeError) return error.response
  throw error
}

type GraphQLAnswer<Result> = {
  data?: Result | null
  errors?: readonly ({ message?: unknown } | null)[]
} | null

async function resultOf<Result>(response: Response): Promise<Result> {
  const answer = (await response.json().catch(() => null)) as GraphQLAnswer<Result>
  const { data, errors } = answer ?? {}
  if (data && !errors) return data
  const reasons = Array.isArray(errors)
    ? errors.map((error) => printable(error?.message)).join('\n')
    : 'it sent no GraphQL answer'
  throw new JobFault(`The API refused (HTTP ${response.status}): ${reasons}`)
}

/** Words from elsewhere, without what would steer a terminal. */
const printable = (text: unknown) => String(text).replace(/\p{Cc}/gu, ' ')
