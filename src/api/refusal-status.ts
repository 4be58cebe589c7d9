import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import { Refusal } from '../refusal.ts'
import type { Context } from './context.ts'

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
export function refusalStatus(report: (error: unknown) => void): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors }) {
          for (const error of errors) {
            const cause = unwrapResolverError(error)
            const ours =
              error.extensions.code === undefined || error.extensions.code === 'INTERNAL_SERVER_ERROR'
            const outage = cause instanceof Refusal && cause.details.code === 'SERVICE_UNAVAILABLE'
            if (outage || (ours && !(cause instanceof Refusal))) report(cause)
          }
        },
        async willSendResponse(context) {
          const details = refusalOf(context)?.details
          const { body, http } = context.response
          if (!details || body.kind !== 'single' || hasSomething(body.singleResult.data)) return
          http.status = details.status
          if (details.retryAfterSeconds !== undefined)
            http.headers.set('retry-after', String(details.retryAfterSeconds))
        },
      }
    },
  }
}

function refusalOf({ errors }: GraphQLRequestContextWillSendResponse<Context>): Refusal | undefined {
  for (const error of errors ?? []) {
    const cause = unwrapResolverError(error)
    if (cause instanceof Refusal && HAS_STATUS.has(cause.details.code)) return cause
  }
  return undefined
}

const hasSomething = (data: unknown) =>
  typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null)
