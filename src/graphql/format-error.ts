import { HeaderMap } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError, isValueNode } from 'graphql'
import { DPOP_SIGNING_ALGORITHMS } from '../auth/dpop-proof.ts'
import { ApiError, createWithoutStack } from '../errors/api-error.ts'
import type { AuthScheme, Challenge } from '../errors/error-details.ts'
import { selectContentType } from '../lib/graphql-content-type.ts'
import { createJsonResponse, type HttpRequest } from '../lib/http-messages.ts'
import { redactForResponse } from '../lib/redact.ts'
import { formatChallenge } from '../scopes/index.ts'

const INTERNAL_ERROR: GraphQLFormattedError = {
  message: 'Internal server error.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
}

const graphqlErrors = new WeakMap<ApiError, readonly GraphQLFormattedError[]>()

/** Returns an ApiError as GraphQL errors: one for each denied coordinate, otherwise one. Cached by error. */
export function toGraphQLErrors(apiError: ApiError): readonly GraphQLFormattedError[] {
  const known = graphqlErrors.get(apiError)
  if (known) return known
  const errors = createGraphQLErrors(apiError)
  graphqlErrors.set(apiError, errors)
  return errors
}

function createGraphQLErrors({ message, details }: ApiError): readonly GraphQLFormattedError[] {
  const { code, denials, inputIssues } = details
  if (denials) return denials
  const extensions: Record<string, unknown> = { code }
  if (inputIssues) Object.assign(extensions, { argument: inputIssues[0]?.argument, faults: inputIssues })
  return [{ message: redactForResponse(message), extensions }]
}

const apolloErrors = new WeakMap<ApiError, { readonly error: GraphQLError; readonly metadataUrl: string }>()

/** Returns an ApiError as an error whose extensions give Apollo Server the HTTP status and headers. Cached by error. */
export function toApolloError(apiError: ApiError, metadataUrl: string): GraphQLError {
  const known = apolloErrors.get(apiError)
  if (known?.metadataUrl === metadataUrl) return known.error
  const headers = new HeaderMap(Object.entries(createErrorHeaders(apiError, metadataUrl)))
  const { code, status } = apiError.details
  const extensions = { code, http: { status, headers } }
  const error = createWithoutStack(
    () => new GraphQLError(apiError.message, { originalError: apiError, extensions }),
  )
  apolloErrors.set(apiError, { error, metadataUrl })
  return error
}

/** Returns the response to a request that failed before or outside of Apollo Server. Logs unexpected errors. */
export function createErrorResponse(
  error: unknown,
  metadataUrl: string,
  { path, headers: { accept }, logError }: HttpRequest,
) {
  const headers = { 'content-type': selectContentType(path, accept) }
  if (error instanceof ApiError) {
    Object.assign(headers, createErrorHeaders(error, metadataUrl))
    return createJsonResponse(error.details.status, { errors: toGraphQLErrors(error) }, headers)
  }
  logError(error)
  return createJsonResponse(500, { errors: [INTERNAL_ERROR] }, headers)
}

/**
 * Formats an error in a GraphQL result. ApiErrors and Apollo Server's errors about the request are shown, with
 * credentials redacted; any other error becomes "Internal server error."
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error)
  // A denial is about the whole operation and has no location. It is the most frequent error, so it takes the short path.
  if (cause instanceof ApiError && cause.details.denials) return toGraphQLErrors(cause)[0] ?? formatted
  const { message: originalMessage, extensions: _, ...location } = formatted
  if (cause instanceof ApiError) return { ...toGraphQLErrors(cause)[0], ...location } as GraphQLFormattedError
  const message = redactForResponse(originalMessage)
  const code = formatted.extensions?.code
  if (cause instanceof GraphQLError && isClientError(cause.extensions))
    return { ...formatted, message, extensions: { code: 'BAD_REQUEST' } }
  if (isInvalidValue(cause)) return { ...location, message, extensions: { code: 'BAD_USER_INPUT' } }
  if (code === undefined || code === 'INTERNAL_SERVER_ERROR') return { ...INTERNAL_ERROR, ...location }
  const { stacktrace, ...extensions } = formatted.extensions ?? {}
  return { ...formatted, message, extensions }
}

/** Tests for an argument whose value becomes invalid with the request's variables, such as null for a required one. */
export const isInvalidValue = (cause: unknown): boolean =>
  cause instanceof GraphQLError &&
  (cause.extensions.code ?? 'INTERNAL_SERVER_ERROR') === 'INTERNAL_SERVER_ERROR' &&
  cause.nodes?.some(isValueNode) === true

/** Tests by its status whether an error is the client's. Apollo Server gives some of its errors no code. */
export function isClientError({ code, http }: { readonly code?: unknown; readonly http?: unknown }): boolean {
  const { status } = Object(http) as { status?: unknown }
  return code === undefined && typeof status === 'number' && status >= 400 && status < 500
}

/**
 * Returns the response headers of an error: the challenge (RFC 6750 §3, RFC 9449 §7.1) with the URL of the resource's
 * metadata (RFC 9728 §5.1), the next DPoP nonce (RFC 9449 §8) and Retry-After.
 */
function createErrorHeaders({ details }: ApiError, metadataUrl: string): Record<string, string> {
  const headers: Record<string, string> = { ...details.headers }
  if (details.challenge) headers['www-authenticate'] = createChallengeHeader(details.challenge, metadataUrl)
  if (details.retryAfterSeconds !== undefined) headers['retry-after'] = String(details.retryAfterSeconds)
  if (details.dpopNonce !== undefined) headers['dpop-nonce'] = details.dpopNonce
  return headers
}

const createChallengeHeader = ({ scheme, ...challenge }: Challenge, metadataUrl: string) =>
  formatChallenge(scheme, {
    ...challenge,
    algs: getSigningAlgorithms(scheme),
    resource_metadata: metadataUrl,
  })

/** Returns the parameter `algs` of a challenge (RFC 9449 §7.1). */
export const getSigningAlgorithms = (scheme: AuthScheme): string | undefined =>
  scheme === 'DPoP' ? DPOP_SIGNING_ALGORITHMS.join(' ') : undefined
