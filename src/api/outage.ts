import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import { Refusal } from '../refusal.ts'
import type { Context } from './context.ts'

/**
 * Reports faults of ours, and gives an outage met in a resolver its status: 503 when nothing was answered.
 * An answer that holds something keeps its status, so that a client does not send a finished write again.
 */
export function outageStatus(report: (error: unknown) => void): ApolloServerPlugin<Context> {
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
          const outage = outageOf(context)
          const body = context.response.body
          if (!outage || body.kind !== 'single' || hasSomething(body.singleResult.data)) return
          context.response.http.status = outage.details.status
          context.response.http.headers.set('retry-after', String(outage.details.retryAfterSeconds))
        },
      }
    },
  }
}

function outageOf({ errors }: GraphQLRequestContextWillSendResponse<Context>): Refusal | undefined {
  for (const error of errors ?? []) {
    const cause = unwrapResolverError(error)
    if (cause instanceof Refusal && cause.details.code === 'SERVICE_UNAVAILABLE') return cause
  }
  return undefined
}

const hasSomething = (data: unknown) =>
  typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null)
