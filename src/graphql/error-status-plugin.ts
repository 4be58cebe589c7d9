import type { GraphQLRequestContextWillSendResponse } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import { type GraphQLError, Kind } from 'graphql'
import { ApiError } from '../errors/api-error.ts'
import type { RequestHooks } from './combine-plugins.ts'
import type { Context } from './context.ts'
import { isClientError } from './format-error.ts'

/** Refusals met in a resolver that a client must be able to tell by the status: to send the same again, or never. */
const HAS_STATUS: ReadonlySet<string> = new Set([
  'SERVICE_UNAVAILABLE',
  'IDEMPOTENCY_MISMATCH',
  'IDEMPOTENCY_IN_FLIGHT',
])

/**
 * Reports faults of ours, and gives such a refusal its status when nothing was answered.
 * An answer that holds something keeps its own, so that a client does not send a finished write again.
 */
export function createErrorStatusPlugin(logError: (error: unknown) => void): RequestHooks<Context> {
  return {
    didEncounterErrors({ errors }) {
      for (const error of errors) {
        const cause = unwrapResolverError(error)
        const { code } = error.extensions
        const ours =
          (code === undefined || code === 'INTERNAL_SERVER_ERROR') && !isClientError(error.extensions)
        const outage = cause instanceof ApiError && cause.details.code === 'SERVICE_UNAVAILABLE'
        if (outage || (ours && !(cause instanceof ApiError))) logError(cause)
      }
    },
    willSendResponse(context) {
      tellCode(context)
      const error = refusalIn(context)
      const { body, http } = context.response
      if (!error || body.kind !== 'single' || hasSomething(body.singleResult.data)) return
      if (followsWrite(error, context)) return
      const { details } = error.originalError
      http.status = details.status
      if (details.retryAfterSeconds !== undefined)
        http.headers.set('retry-after', String(details.retryAfterSeconds))
    },
  }
}

type Response = GraphQLRequestContextWillSendResponse<Context>
/** What went wrong first, in the contract's words. */
function tellCode({ response: { body }, contextValue }: Response): void {
  const code = body.kind === 'single' ? body.singleResult.errors?.[0]?.extensions?.code : undefined
  if (typeof code === 'string') contextValue.addOperationInfo({ errorCode: code })
}

type RefusalError = GraphQLError & { readonly originalError: ApiError }

const refusalIn = ({ errors }: Response): RefusalError | undefined =>
  errors?.find((error): error is RefusalError => {
    const cause = unwrapResolverError(error)
    return cause instanceof ApiError && HAS_STATUS.has(cause.details.code)
  })

/**
 * Whether a field before this one may have written, and no key says so when the same is sent again. One that failed
 * takes with it what the others answered, where the schema has no null for it.
 */
function followsWrite({ path }: GraphQLError, { operation, contextValue }: Response): boolean {
  if (operation?.operation !== 'mutation' || contextValue.idempotencyKey !== undefined) return false
  const [first] = operation.selectionSet.selections
  return first?.kind !== Kind.FIELD || (first.alias ?? first.name).value !== path?.[0]
}

const hasSomething = (data: unknown) =>
  typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null)
