import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'

const API_URL = process.env.API_URL ?? 'http://localhost:4000'
const ISSUER = process.env.OKTA_ISSUER ?? 'http://localhost:4400/oauth2/default'
const CLIENT_ID = process.env.OKTA_CLIENT_ID ?? 'fakebook-cron'
const CLIENT_SECRET = process.env.OKTA_CLIENT_SECRET ?? 'fakebook-cron-secret'

type GraphQLErrors = readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]

/** An operation that failed, with the scopes that the API requires for it. */
export class ApiError extends Error {
  readonly status: number
  /** From the challenge of a 403; empty for other errors. */
  readonly requiredScopes: string

  constructor(message: string, status: number, requiredScopes: string) {
    super(message)
    this.status = status
    this.requiredScopes = requiredScopes
  }
}

/** Requests an access token with client credentials (RFC 6749 §4.4). */
export async function requestToken(scope: string): Promise<string> {
  const response = await fetch(`${ISSUER}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  })
  if (!response.ok) throw new Error(`No access token: ${response.status} ${await response.text()}`)
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}

/**
 * Executes an operation. The types of `variables` and of the result are those of the document.
 * @param idempotencyKey makes a write safe to repeat
 * @throws ApiError
 */
export async function execute<TResult, TVariables>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
  token: string,
  idempotencyKey?: string,
): Promise<TResult> {
  const response = await fetch(`${API_URL}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    body: JSON.stringify({ query: print(document), variables }),
  })
  const { data, errors } = (await response.json()) as { data?: TResult | null; errors?: GraphQLErrors }
  if (data && !errors) return data
  const challenge = response.headers.get('www-authenticate') ?? ''
  const [, requiredScopes = ''] = / scope="([^"]*)"/.exec(challenge) ?? []
  const message = errors?.map((error) => error.message).join('\n') ?? 'The response has no data.'
  throw new ApiError(message, response.status, requiredScopes)
}
