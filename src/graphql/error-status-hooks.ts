import type { GraphQLRequestContextWillSendResponse } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import { type GraphQLError, Kind } from 'graphql'
import { ApiError } from '../errors/api-error.ts'
import { GRAPHQL_CONTENT_TYPE } from '../lib/graphql-content-type.ts'
import type { RequestHooks } from './combine-hooks.ts'
import type { Context } from './context.ts'
import { isClientError, isInvalidValue } from './format-error.ts'

/** Errors of resolvers that change the response's status, because it tells a client whether to send the request again. */
const CODES_WITH_STATUS: ReadonlySet<string> = new Set([
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'IDEMPOTENCY_MISMATCH',
  'IDEMPOTENCY_IN_FLIGHT',
])

/** Errors of requests that can be parsed, but that the schema does not allow. */
const UNPROCESSABLE_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
])

/**
 * Returns the hooks that log internal errors, and give a response its error's status if it has no data. A response with
 * data keeps 200, so that a client does not repeat a write that has succeeded.
 */
export function createErrorStatusHooks(logError: (error: unknown) => void): RequestHooks<Context> {
  return {
    didEncounterErrors({ errors }) {
      for (const error of errors) if (isInternal(error)) logError(unwrapResolverError(error))
    },
    willSendResponse(context) {
      const { body, http } = context.response
      if (body.kind !== 'single') return
      const { data, errors } = body.singleResult
      const code = errors?.[0]?.extensions?.code
      if (typeof code === 'string') context.contextValue.addOperationInfo({ errorCode: code })
      if (data === undefined && context.contextValue.contentType === GRAPHQL_CONTENT_TYPE)
        http.status = toRequestErrorStatus(http.status, code)
      const error = context.errors?.find(hasStatus)
      if (!error || hasData(data) || mayFollowWrite(error, context)) return
      const { status, retryAfterSeconds } = error.originalError.details
      http.status = status
      if (retryAfterSeconds !== undefined) http.headers.set('retry-after', String(retryAfterSeconds))
    },
  }
}

/**
 * Returns the status of a response without data as `application/graphql-response+json`, given Apollo Server's, which is
 * the same for both media types (GraphQL over HTTP, draft of 2026-08-06, "Status Codes").
 */
function toRequestErrorStatus(status = 200, code: unknown): number {
  // An unknown persisted query.
  if (status === 200) return 400
  return status === 400 && UNPROCESSABLE_CODES.has(code) ? 422 : status
}

/** Tests whether an error is the service's own: an outage, or anything unexpected. */
function isInternal(error: GraphQLError): boolean {
  const cause = unwrapResolverError(error)
  if (cause instanceof ApiError) return cause.details.status >= 500
  if (isInvalidValue(cause)) return false
  const { code } = error.extensions
  return (code === undefined || code === 'INTERNAL_SERVER_ERROR') && !isClientError(error.extensions)
}

type ErrorWithStatus = GraphQLError & { readonly originalError: ApiError }

function hasStatus(error: GraphQLError): error is ErrorWithStatus {
  const cause = unwrapResolverError(error)
  return cause instanceof ApiError && CODES_WITH_STATUS.has(cause.details.code)
}

/**
 * Tests whether a field before the failed one may have written without an idempotency key. An error without data does not
 * mean that nothing was written: null propagates from a non-null field to its parent.
 */
function mayFollowWrite(
  { path }: GraphQLError,
  { operation, contextValue }: GraphQLRequestContextWillSendResponse<Context>,
): boolean {
  if (operation?.operation !== 'mutation' || contextValue.idempotencyKey !== undefined) return false
  const [first] = operation.selectionSet.selections
  return first?.kind !== Kind.FIELD || (first.alias ?? first.name).value !== path?.[0]
}

const hasData = (data: unknown) =>
  typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null)
