import { HeaderMap } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { DPOP_SIGNING_ALGORITHMS } from '../auth/dpop-proof.ts'
import { ApiError, createWithoutStack } from '../errors/api-error.ts'
import type { Challenge } from '../errors/error-details.ts'
import { createJsonResponse, type HttpResponse } from '../lib/http-messages.ts'
import { redactForResponse } from '../lib/redact.ts'
import type { Denial } from '../scopes/authorize-plan.ts'
import { describeRule } from '../scopes/describe-rules.ts'

/** The answers' headers for a refusal: challenge (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1), nonce, Retry-After. */
function refusalHeaders({ details }: ApiError, metadataUrl: string): Record<string, string> {
  const headers: Record<string, string> = {}
  if (details.challenge) headers['www-authenticate'] = challengeHeader(details.challenge, metadataUrl)
  if (details.retryAfterSeconds !== undefined) headers['retry-after'] = String(details.retryAfterSeconds)
  if (details.dpopNonce !== undefined) headers['dpop-nonce'] = details.dpopNonce
  return headers
}

// RFC 6750 §3: what may stand in a challenge's values; anything else would break the header, and so the answer.
const NOT_IN_CHALLENGE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g

function challengeHeader({ scheme, ...challenge }: Challenge, metadataUrl: string): string {
  const algs = scheme === 'DPoP' ? { algs: DPOP_SIGNING_ALGORITHMS.join(' ') } : {}
  const parameters = Object.entries({ ...challenge, ...algs, resource_metadata: metadataUrl })
  return `${scheme} ${parameters.map(([name, value]) => `${name}="${value.replace(NOT_IN_CHALLENGE, '?')}"`).join(', ')}`
}

const shaped = new WeakMap<ApiError, readonly GraphQLFormattedError[]>()

/** A refusal as GraphQL errors: one for each denied coordinate, else one. They are made once. */
export function toGraphQLErrors(apiError: ApiError): readonly GraphQLFormattedError[] {
  const before = shaped.get(apiError)
  if (before) return before
  const errors = errorsOf(apiError)
  shaped.set(apiError, errors)
  return errors
}

function errorsOf({ message, details }: ApiError): GraphQLFormattedError[] {
  const { code, denials, grantedScopes, inputIssues } = details
  if (denials) return denials.map((denial) => denialError(denial, grantedScopes))
  const extensions: Record<string, unknown> = { code }
  if (inputIssues) Object.assign(extensions, { argument: inputIssues[0]?.argument, faults: inputIssues })
  return [{ message: redactForResponse(message), extensions }]
}

function denialError(
  { coordinate, path, requiredScopes, missingScopes, rule }: Denial,
  held: ReadonlySet<string> = new Set(),
) {
  const name = coordinate.split('.').at(-1)
  const has = held.size > 0 ? `has ${[...held].join(' ')}` : 'has no scopes'
  const others = rule.filter((all) => all.join(' ') !== requiredScopes.join(' '))
  return {
    message: `${name} needs ${describeRule([requiredScopes, ...others])}; this token ${has}.`,
    path,
    extensions: { code: 'FORBIDDEN', coordinate, requiredScopes, missingScopes },
  }
}

const thrown = new WeakMap<ApiError, { readonly error: GraphQLError; readonly metadataUrl: string }>()

/** A refusal on its way through Apollo Server, which takes status and headers from the error's extensions. Made once. */
export function toApolloError(apiError: ApiError, metadataUrl: string): GraphQLError {
  const before = thrown.get(apiError)
  if (before?.metadataUrl === metadataUrl) return before.error
  const headers = new HeaderMap(Object.entries(refusalHeaders(apiError, metadataUrl)))
  const { code, status } = apiError.details
  const extensions = { code, http: { status, headers } }
  const error = createWithoutStack(
    () => new GraphQLError(apiError.message, { originalError: apiError, extensions }),
  )
  thrown.set(apiError, { error, metadataUrl })
  return error
}

/** The answer to a request that was refused before it came to Apollo Server, or that broke something of ours. */
export function createErrorResponse(
  error: unknown,
  metadataUrl: string,
  logError: (error: unknown) => void,
): HttpResponse {
  if (error instanceof ApiError)
    return createJsonResponse(
      error.details.status,
      { errors: toGraphQLErrors(error) },
      refusalHeaders(error, metadataUrl),
    )
  logError(error)
  return createJsonResponse(500, { errors: [INTERNAL] })
}

const INTERNAL: GraphQLFormattedError = {
  message: 'Something went wrong on our side.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
}

/** Apollo's own words for faults of the request pass; refusals get the contract's shape; all else says nothing. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error)
  const { message: said, extensions: _, ...where } = formatted
  if (cause instanceof ApiError) return { ...toGraphQLErrors(cause)[0], ...where } as GraphQLFormattedError
  const message = redactForResponse(said)
  const code = formatted.extensions?.code
  if (cause instanceof GraphQLError && isClientError(cause.extensions))
    return { ...formatted, message, extensions: { code: 'BAD_REQUEST' } }
  if (code === undefined || code === 'INTERNAL_SERVER_ERROR') return { ...INTERNAL, ...where }
  const { stacktrace, ...extensions } = formatted.extensions ?? {}
  return { ...formatted, message, extensions }
}

/** Apollo Server has no code for a hash that is not its document's, and for some others: the status says whose fault it is. */
export function isClientError({ code, http }: { readonly code?: unknown; readonly http?: unknown }): boolean {
  const { status } = Object(http) as { status?: unknown }
  return code === undefined && typeof status === 'number' && status >= 400 && status < 500
}
