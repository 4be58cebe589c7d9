import {
  allowInsecureRequests,
  ClientError,
  ClientSecretBasic,
  clientCredentialsGrant,
  discovery,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'

/** A fault that the job's operator can act on; its message says how. */
class JobFault extends Error {
  override readonly name = 'JobFault'
}

/** A document from codegen, with the scopes that the schema asks of it. */
type ScopedDocument<Result, Variables> = {
  toString(): string
  __meta__?: Record<string, unknown> | undefined
  __apiType?: ((variables: Variables) => Result) | undefined
}

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
 * @throws JobFault when it can't be reached
 */
export async function connect(settings: Settings): Promise<RunDocument> {
  const issuer = settings.issuer ?? `http://localhost:${settings.issuerPort}/oauth2/default`
  const client = settings.client ?? EMBEDDED_CLIENT
  const apiUrl = settings.apiUrl ?? `http://localhost:${settings.port}`
  const options = issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {}
  const server = await reached(`The authorization server at ${issuer}`, () =>
    discovery(new URL(issuer), client.id, undefined, ClientSecretBasic(client.secret), options),
  )
  return async function run(document, variables) {
    const scope = scopesOf(document).join(' ')
    const { access_token } = await reached(`The authorization server at ${issuer}`, () =>
      clientCredentialsGrant(server, { scope }),
    )
    const body = JSON.stringify({ query: document.toString(), variables })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${access_token}` }
    const response = await reached(`The API at ${apiUrl}`, () =>
      fetch(`${apiUrl}/graphql`, { method: 'POST', headers, body }),
    )
    return resultOf(response)
  }
}

/** Written beside the document by codegen, from the schema's rules. */
function scopesOf(document: { __meta__?: Record<string, unknown> | undefined }): readonly string[] {
  const scopes: unknown = document.__meta__?.scopes
  if (!Array.isArray(scopes)) throw new Error('the document was generated without its scopes')
  return scopes
}

async function reached<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const refusal = await refusalIn(error)
    if (refusal) throw new JobFault(`${what} refused: ${refusal.error}: ${refusal.error_description}`)
    if (error instanceof ClientError || error instanceof TypeError)
      throw new JobFault(`${what} cannot be reached, or does not answer as it should: ${error.message}`)
    throw error
  }
}

type OAuthError = { readonly error?: string; readonly error_description?: string | undefined }

/** What an authorization server said no with (RFC 6749 §5.2); undefined when it was something else. */
async function refusalIn(error: unknown): Promise<OAuthError | undefined> {
  if (error instanceof ResponseBodyError) return error
  // A 401 with a challenge; its body was left unread.
  if (error instanceof WWWAuthenticateChallengeError)
    return (await error.response.json().catch(() => ({}))) as OAuthError
  return undefined
}

type GraphQLAnswer<Result> = { data?: Result | null; errors?: { message: string }[] }

async function resultOf<Result>(response: Response): Promise<Result> {
  const { data, errors } = (await response.json().catch(() => ({}))) as GraphQLAnswer<Result>
  if (data && !errors) return data
  const reasons = errors?.map((error) => error.message).join('\n') ?? 'it sent no GraphQL answer'
  throw new JobFault(`The API refused (HTTP ${response.status}): ${reasons}`)
}
