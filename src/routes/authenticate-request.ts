import { parseCredentials } from '../auth/authenticate.ts'
import { ApiError, badRequest } from '../errors/api-error.ts'
import { buildContext, type Context, type ContextServices } from '../graphql/context.ts'
import { createErrorResponse } from '../graphql/format-error.ts'
import { createOperationInfoCollector } from '../graphql/operation-info.ts'
import type { HttpRequest, HttpResponse, OperationInfo, Route } from '../lib/http-messages.ts'

/** A route whose handler gets the request's context, with the verified caller. */
export type AuthenticatedRoute = Omit<Route, 'handler' | 'needsBody'> & {
  /** True if the handler rejects every request without a token, whatever its body is. */
  readonly requiresToken?: boolean
  readonly handler: (request: HttpRequest, context: Context) => Promise<HttpResponse>
}

/** A function that returns a route whose requests are authenticated before the handler is called. */
export type WithAuthentication = ReturnType<typeof createWithAuthentication>

/**
 * Creates the wrapper that authenticates the requests of a route: it builds the context, calls the handler with it, and
 * formats the error if one of them throws.
 */
export function createWithAuthentication(services: ContextServices, getMetadataUrl: () => string) {
  return function withAuthentication({ handler, requiresToken, ...route }: AuthenticatedRoute): Route {
    return { ...route, needsBody, handler: handleRequest }

    function needsBody(request: HttpRequest): boolean {
      try {
        return parseCredentials(request) !== undefined || !requiresToken
      } catch {
        // The handler rejects the malformed credentials.
        return false
      }
    }

    async function handleRequest(request: HttpRequest): Promise<HttpResponse> {
      const { operationInfo, addOperationInfo } = createOperationInfoCollector()
      let added: HttpResponse['headers'] | undefined
      const addHeaders = (headers: HttpResponse['headers']) => {
        added = added ? { ...added, ...headers } : headers
      }
      let response: HttpResponse
      try {
        const building = buildContext(request, services, { addHeaders, addOperationInfo })
        const context = building instanceof Promise ? await building : building
        // After authentication: a token in a form is reported first.
        if (request.form !== undefined) throw badRequest('Send application/json.', 415)
        response = await handler(request, context)
      } catch (error) {
        addOperationInfo(describeError(error))
        response = createErrorResponse(error, getMetadataUrl(), request)
      }
      const { status, headers, body } = response
      return { status, headers: added ? { ...headers, ...added } : headers, body, operationInfo }
    }
  }
}

function describeError(error: unknown): OperationInfo {
  if (!(error instanceof ApiError)) return { errorCode: 'INTERNAL_SERVER_ERROR' }
  const { code, reason } = error.details
  return { errorCode: code, ...(reason !== undefined && { reason }) }
}
