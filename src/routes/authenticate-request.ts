import type { Authenticate, AuthenticationResult } from '../auth/authenticate.ts'
import { ApiError, badRequest, limitExceeded } from '../errors/api-error.ts'
import { createErrorResponse } from '../graphql/format-error.ts'
import { createOperationInfoCollector, describeCaller } from '../graphql/operation-info.ts'
import type { HttpRequest, HttpResponse, OperationInfo } from '../lib/http-messages.ts'
import type { ConsumeRateLimit } from '../lib/rate-limit.ts'
import type { AuthenticatedHandler } from './rest.ts'

type Parts = {
  readonly authenticate: Authenticate
  /** Counts the requests of a client; undefined: as many as come. */
  readonly limitClient: ConsumeRateLimit | undefined
  readonly metadata: () => string
}
type Headers = Readonly<Record<string, string>>

/** Stands in front of each route: settles who asks, once, and whether that client may ask once more. */
export function createAuthenticateRequest({ authenticate, limitClient, metadata: getMetadataUrl }: Parts) {
  return (handler: AuthenticatedHandler) =>
    async function answerGuarded(question: HttpRequest): Promise<HttpResponse> {
      const { operationInfo, addOperationInfo } = createOperationInfoCollector()
      let who: AuthenticationResult = { caller: undefined }
      let counted: Headers | undefined
      try {
        who = await authenticate(question)
        if (who.caller) {
          addOperationInfo(describeCaller(who.caller))
          const taken = limitClient && (await limitClient(who.caller.client))
          counted = taken?.headers
          if (taken?.isAllowed === false)
            throw limitExceeded(
              `Too many requests of this client. Try again in ${taken.retryAfterSeconds} s.`,
              taken.retryAfterSeconds,
            )
        }
        if (question.form !== undefined) throw badRequest('Send application/json.', 415)
        return finished(await handler(question, who.caller, addOperationInfo), who, counted, operationInfo)
      } catch (error) {
        addOperationInfo(aboutError(error))
        return finished(
          createErrorResponse(error, getMetadataUrl(), question.logError),
          who,
          counted,
          operationInfo,
        )
      }
    }
}

/** RFC 9449 §8.2: a nonce that is about to end is followed by the next with any answer. */
function finished(
  { status, headers, body }: HttpResponse,
  { nextDpopNonce }: AuthenticationResult,
  counted: Headers | undefined,
  about: OperationInfo,
): HttpResponse {
  if (nextDpopNonce === undefined && !counted) return { status, headers, body, operationInfo: about }
  const nonce = nextDpopNonce !== undefined && { 'dpop-nonce': nextDpopNonce }
  return { status, headers: { ...headers, ...nonce, ...counted }, body, operationInfo: about }
}

function aboutError(error: unknown): OperationInfo {
  if (!(error instanceof ApiError)) return { errorCode: 'INTERNAL_SERVER_ERROR' }
  const { code, reason } = error.details
  return { errorCode: code, ...(reason !== undefined && { reason }) }
}
