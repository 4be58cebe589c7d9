import type { IncomingMessage, ServerResponse } from 'node:http'
import { JSON_CONTENT_TYPE } from '../lib/http-messages.ts'
import { type ConsumeRateLimit, toAddressKey } from '../lib/rate-limit.ts'
import { readBody } from './body.ts'
import { parseRequest } from './parse-request.ts'
import { createErrorBody, createProtocolErrorResponse, type ProtocolErrorCode } from './protocol-errors.ts'
import { type HeaderFields, RequestContext, type RequestContextOptions } from './request-context.ts'
import { type RequestQueue, SHED_RETRY_AFTER_SECONDS } from './request-queue.ts'
import type { FileHandler, Router } from './router.ts'

type RequestHandlerOptions = RequestContextOptions & {
  readonly router: Router
  readonly requestQueue: RequestQueue
  readonly maxBodyBytes: number
  readonly nextRequestId: () => string
  /** Returns the client's address, which the rate limit counts by. */
  readonly getClientAddress: (request: IncomingMessage) => string
  /** Undefined: no rate limit by address. */
  readonly limitAddress: ConsumeRateLimit | undefined
}

/**
 * Handles a request from its headers to its response.
 * @param receivedAtMs by `performance.now()`: the request may have been queued since
 */
export type HandleRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  receivedAtMs: number,
) => Promise<void>

const JSON_HEADERS: HeaderFields = { 'content-type': JSON_CONTENT_TYPE }
const NOT_FOUND = createErrorBody('Not found.', 'NOT_FOUND')
const INTERNAL_ERROR = createErrorBody('Internal server error.', 'INTERNAL_SERVER_ERROR')
/** Headers of which the limit by address and the limit by client may each set an item. */
const LIST_HEADERS = ['ratelimit-policy', 'ratelimit'] as const

/** Returns the function that takes a request through routing, rate limit, body, handler and response. */
export function createRequestHandler(options: RequestHandlerOptions): HandleRequest {
  const { router, requestQueue, maxBodyBytes, nextRequestId, limitAddress, getClientAddress } = options

  return async function handleRequest(request, response, receivedAtMs) {
    const context = new RequestContext(request, response, nextRequestId(), receivedAtMs, options)
    try {
      const match = router.find(request, response)
      const entry = typeof match === 'object' ? match.entry : undefined
      if (entry) context.setRoute(entry)

      // A closed connection no longer has an address.
      if (limitAddress && !entry?.isHealth && !response.destroyed) {
        const limit = await limitAddress(toAddressKey(getClientAddress(request)))
        context.defaultHeaders = { ...context.defaultHeaders, ...limit.headers }
        if (!limit.isAllowed) return sendRateLimited(context, limit.retryAfterSeconds)
      }
      // The client may have disconnected while its request was queued or counted.
      if (response.destroyed) return sendProtocolError(context, 'CLIENT_DISCONNECTED')
      if (match === undefined) return context.send(404, JSON_HEADERS, NOT_FOUND)
      if (typeof match === 'string') return sendProtocolError(context, match)

      const { target, isHealth } = match.entry
      if (typeof target === 'function') return sendFile(context, target, `/${match.params['*'] ?? ''}`)

      const reading = readBody(request, maxBodyBytes)
      const body = reading instanceof Promise ? await reading : reading
      if (body.errorCode) return sendBodyError(context, body.errorCode)

      // Checked again: a burst may have been queued while there were free places. Slow uploads occupy none.
      if (!isHealth && requestQueue.isFull()) return sendSaturated(context)
      if (!isHealth) requestQueue.acquire()
      try {
        const result = await target.handler(parseRequest(context, match.params, body.text))
        if (result.operationInfo) context.operationInfo = result.operationInfo
        context.send(result.status, mergeLists(context.defaultHeaders, result.headers), result.body)
      } finally {
        if (!isHealth) requestQueue.release()
      }
    } catch (error) {
      sendInternalError(context, error)
    }
  }
}

function sendProtocolError(
  context: RequestContext,
  errorCode: ProtocolErrorCode,
  headers: HeaderFields = {},
): void {
  const { status, code, body } = createProtocolErrorResponse(errorCode)
  context.operationInfo = { errorCode: code }
  context.send(status, { ...JSON_HEADERS, ...headers }, body)
}

const sendRateLimited = (context: RequestContext, retryAfterSeconds: number) =>
  sendProtocolError(context, 'RATE_LIMITED', { 'retry-after': String(retryAfterSeconds) })

const sendSaturated = (context: RequestContext) =>
  sendProtocolError(context, 'SATURATED', { 'retry-after': SHED_RETRY_AFTER_SECONDS })

/** Closes the connection, so that the unread rest of the body is not taken for a request. */
function sendBodyError(context: RequestContext, errorCode: ProtocolErrorCode): void {
  sendProtocolError(context, errorCode, errorCode === 'MEDIA_TYPE' ? {} : { connection: 'close' })
}

/** Logs an unexpected error; the response does not mention it. */
function sendInternalError(context: RequestContext, error: unknown): void {
  context.logError(error)
  context.operationInfo = { errorCode: 'INTERNAL_SERVER_ERROR' }
  // Node keeps the reason phrase of a head that it failed to write.
  context.response.statusMessage = ''
  context.send(500, JSON_HEADERS, INTERNAL_ERROR)
}

/**
 * Sends a static file, or 404.
 * @param name the file's name below the folder, with a leading slash
 */
function sendFile(context: RequestContext, serveFile: FileHandler, name: string): void {
  const { request, response } = context
  const { url = '' } = request
  let exists = true
  const onMissing = () => {
    exists = false
  }
  context.setDefaultHeaders()
  request.url = name
  serveFile(request, response, onMissing, (error) => context.logError(error))
  request.url = url
  if (exists) context.recordWhenFinished()
  else context.send(404, JSON_HEADERS, NOT_FOUND)
}

/** Returns a response's headers; list headers that are also set by default get both items. */
function mergeLists(defaultHeaders: HeaderFields | undefined, headers: HeaderFields): HeaderFields {
  if (!defaultHeaders) return headers
  const lists = LIST_HEADERS.filter((name) => name in defaultHeaders && name in headers)
  if (lists.length === 0) return headers
  return {
    ...headers,
    ...Object.fromEntries(lists.map((name) => [name, `${defaultHeaders[name]}, ${headers[name]}`])),
  }
}
