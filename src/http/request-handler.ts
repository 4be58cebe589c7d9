import type { IncomingMessage, ServerResponse } from 'node:http'
import { createGetClientAddress, type GetClientAddress, toAddressKey } from '../lib/client-address.ts'
import type { ClientBuffers } from '../lib/client-buffers.ts'
import { selectContentType } from '../lib/graphql-content-type.ts'
import {
  type HttpResponse,
  JSON_CONTENT_TYPE,
  type OperationInfo,
  type RequestEvent,
} from '../lib/http-messages.ts'
import { isBehindLast, markLast } from '../lib/last-requests.ts'
import type { ConsumeRateLimit } from '../lib/rate-limit.ts'
import { type RequestQueue, SHED_RETRY_AFTER_SECONDS } from '../lib/request-queue.ts'
import type { Logger } from '../observability/logger.ts'
import { createRequestIdGenerator, logRequest, REQUEST_ID_KEY } from '../observability/request-log.ts'
import { parseRequest, readBody } from './parse-request.ts'
import { PROTOCOL_ERRORS, type ProtocolError } from './protocol-errors.ts'
import type { RouteEntry, Router } from './router.ts'
import type { FileHandler } from './static-files.ts'

export type RequestHandlerOptions = {
  readonly limits: {
    readonly maxBodyBytes: number
    readonly maxResponseBytes: number
    /** Addresses and networks of proxies whose `X-Forwarded-For` is trusted. */
    readonly trustedProxies: readonly string[]
  }
  readonly log: Logger
  /** Undefined: no rate limit by address. */
  readonly limitAddress: ConsumeRateLimit | undefined
  /** Called once for each request when it is finished, rejected ones included. */
  readonly recordRequest: (event: RequestEvent) => void
  readonly router: Router
  readonly requestQueue: RequestQueue
  readonly buffers: ClientBuffers
  /** Headers of every response. */
  readonly securityHeaders: HeaderFields
  /** Returns true if the connection is closed after the response to a request. */
  readonly isLast: (request: IncomingMessage) => boolean
}

type ContextOptions = RequestHandlerOptions & {
  readonly getClientAddress: GetClientAddress
  /** The security headers as `writeHead` takes them: names and values in turn. */
  readonly securityFields: readonly string[]
}
type HeaderFields = HttpResponse['headers']

const JSON_HEADERS: HeaderFields = { 'content-type': JSON_CONTENT_TYPE }
const NO_INFO: OperationInfo = Object.freeze({})
const ANY_ORIGIN: HeaderFields = { 'access-control-allow-origin': '*' }
/** Headers of which the limit by address and the limit by client may each set an item. */
const LIST_HEADERS = ['ratelimit-policy', 'ratelimit'] as const

/** A larger response is written as a Buffer; up to this size a string takes up to three times its bytes. */
const MAX_STRING_BYTES = 65_536
/** The size of Node's buffers of a file and of the socket while the file is sent. */
const FILE_BUFFER_BYTES = 131_072

/** Returns the function that takes a request through routing, rate limit, body, handler and response. */
export function createRequestHandler(options: RequestHandlerOptions) {
  const { router, requestQueue, limitAddress, limits, buffers } = options
  const contextOptions = {
    ...options,
    getClientAddress: createGetClientAddress(limits.trustedProxies),
    securityFields: Object.entries(options.securityHeaders).flat(),
  }
  const nextRequestId = createRequestIdGenerator()

  /**
   * @param receivedAtMs by `performance.now()`: the request may have been queued since
   * @param headError the error of a request whose head is not accepted
   */
  return async function handleRequest(
    request: IncomingMessage,
    response: ServerResponse,
    receivedAtMs: number,
    headError: ProtocolError | undefined,
  ): Promise<void> {
    const context = new RequestContext(response, nextRequestId(), receivedAtMs, contextOptions)
    try {
      const match = router.find(request, response)
      const entry = match?.entry
      if (entry) context.setRoute(entry)

      // The request of a client that has disconnected is not executed. A pipelined response has no socket yet.
      const { socket } = request
      if (limitAddress && !entry?.isHealth && !socket.destroyed) {
        const limit = await limitAddress(toAddressKey(context.getClientAddress()))
        context.defaultHeaders = { ...context.defaultHeaders, ...limit.headers }
        if (!limit.isAllowed) {
          const headers = { 'retry-after': String(limit.retryAfterSeconds) }
          return sendProtocolError(context, PROTOCOL_ERRORS.RATE_LIMITED, headers)
        }
      }
      if (isBehindLast(request)) return
      // The client may have disconnected while its request was queued or counted. Only recorded: nothing can be sent.
      if (socket.destroyed) return sendProtocolError(context, PROTOCOL_ERRORS.MALFORMED)
      if (headError) return sendProtocolError(context, headError)
      if (!match) return sendNotFound(context)
      if (!match.entry) return sendProtocolError(context, match.error, match.headers)

      const { target, isHealth } = match.entry
      if (typeof target === 'function') return sendFile(context, target, `/${match.params['*'] ?? ''}`)

      const parse = (text?: string) => parseRequest(request, match.params, text, context.logError)
      const needsBody = () => target.needsBody?.(parse()) ?? true
      const reading = readBody(request, limits.maxBodyBytes, buffers, needsBody)
      const body = reading instanceof Promise ? await reading : reading
      if (body.error) return sendBodyError(context, body.error)

      // Checked again: a burst may have been queued while there were free places. Slow uploads occupy none.
      if (!isHealth && requestQueue.isFull()) return sendSaturated(context)
      // A character of a string takes up to two bytes.
      const bodyBytes = 2 * (body.text?.length ?? 0)
      if (!buffers.tryReserve(bodyBytes)) return sendSaturated(context)
      if (!isHealth) requestQueue.acquire()
      try {
        const result = await target.handler(parse(body.text))
        if (result.operationInfo) context.operationInfo = result.operationInfo
        const size = Buffer.byteLength(result.body)
        // A mutation has been executed: its response is sent whatever its size.
        const isLimited = !isHealth && context.operationInfo.operationType !== 'mutation'
        if (isLimited && size > limits.maxResponseBytes)
          return sendProtocolError(context, PROTOCOL_ERRORS.RESPONSE_TOO_LARGE)
        context.send(result.status, result.headers, result.body, size)
      } finally {
        buffers.unreserve(bodyBytes)
        if (!isHealth) requestQueue.release()
      }
    } catch (error) {
      context.logError(error)
      // Node keeps the reason phrase of a head that it failed to write.
      response.statusMessage = ''
      sendProtocolError(context, PROTOCOL_ERRORS.INTERNAL)
    }
  }
}

function sendProtocolError(context: RequestContext, error: ProtocolError, headers: HeaderFields = {}): void {
  context.operationInfo = { ...context.operationInfo, errorCode: error.code }
  const { url = '', headers: requestHeaders } = context.response.req
  const contentType = selectContentType(url, requestHeaders.accept)
  context.send(error.status, { 'content-type': contentType, ...headers }, error.body)
}

function sendSaturated(context: RequestContext): void {
  context.isShed = true
  sendProtocolError(context, PROTOCOL_ERRORS.SATURATED, { 'retry-after': SHED_RETRY_AFTER_SECONDS })
}

/** Closes the connection, so that the unread rest of the body is not taken for a request. */
function sendBodyError(context: RequestContext, error: ProtocolError): void {
  if (error.status !== 415) markLast(context.response.req)
  sendProtocolError(context, error)
}

/** Sends 404, which is not recorded as an error: any crawler causes it. */
const sendNotFound = (context: RequestContext) =>
  context.send(PROTOCOL_ERRORS.NOT_FOUND.status, JSON_HEADERS, PROTOCOL_ERRORS.NOT_FOUND.body)

/** Sends a static file, or 404. `name` is the path below the folder, with a leading slash. */
function sendFile(context: RequestContext, serveFile: FileHandler, name: string): void {
  const { response } = context
  const { req: request } = response
  const { url = '' } = request
  let exists = true
  const onMissing = () => {
    exists = false
  }
  context.setDefaultHeaders()
  request.url = name
  serveFile(request, response, onMissing, context.logError)
  request.url = url
  if (exists) context.recordWhenFinished()
  else sendNotFound(context)
}

/** Adds the default headers to those of a response; list headers that both set get both items. */
function addDefaults(headers: HeaderFields, defaults: HeaderFields | undefined): HeaderFields {
  if (!defaults) return headers
  const merged: Record<string, string> = { ...defaults, ...headers }
  for (const name of LIST_HEADERS)
    if (name in defaults && name in headers) merged[name] = `${defaults[name]}, ${headers[name]}`
  return merged
}

/** One request with its response, and what the request log and the metrics need to know about it. */
class RequestContext {
  readonly response: ServerResponse
  readonly #id: string
  readonly #receivedAtMs: number
  readonly #options: ContextOptions
  #route: RouteEntry | undefined
  #clientAddress: string | undefined
  operationInfo = NO_INFO
  isShed = false
  /** Headers of every response to this request. */
  defaultHeaders: HeaderFields | undefined

  constructor(response: ServerResponse, id: string, receivedAtMs: number, options: ContextOptions) {
    this.response = response
    this.#id = id
    this.#receivedAtMs = receivedAtMs
    this.#options = options
  }

  /** Applies the matched route's pattern, log and CORS header. */
  setRoute(route: RouteEntry): void {
    this.#route = route
    if ('allowsAnyOrigin' in route.target && route.target.allowsAnyOrigin) this.defaultHeaders = ANY_ORIGIN
  }

  /** Sends a complete response. @throws TypeError when a header's value is invalid */
  send(status: number, headers: HeaderFields, body: string, size = Buffer.byteLength(body)): void {
    const { response } = this
    if (!response.req.socket.destroyed) {
      const head = ['x-request-id', this.#id, ...this.#options.securityFields]
      // RFC 9110 §8.6
      if (status !== 204) head.push('content-length', String(size))
      const fields = addDefaults(headers, this.defaultHeaders)
      for (const name in fields) head.push(name, fields[name] ?? '')
      // RFC 9112 §9.6
      if (this.#options.isLast(response.req)) head.push('connection', 'close')
      // Encoded here so that the string can be collected while the client reads.
      response.writeHead(status, head).end(size > MAX_STRING_BYTES ? Buffer.from(body) : body)
    }
    this.recordWhenFinished(status, size > MAX_STRING_BYTES ? size : 3 * size)
  }

  /** Sets the headers that `send` adds, for a response that is sent by other code. */
  setDefaultHeaders(): void {
    const { securityHeaders, isLast } = this.#options
    const headers = {
      'x-request-id': this.#id,
      ...securityHeaders,
      ...this.defaultHeaders,
      ...(isLast(this.response.req) && { connection: 'close' }),
    }
    this.response.setHeaders(new Map(Object.entries(headers)))
  }

  /**
   * Logs and records the request once its response is handed to the operating system, or the client has disconnected.
   * @param bufferedBytes the memory that the response takes until then
   */
  recordWhenFinished(status?: number, bufferedBytes = FILE_BUFFER_BYTES): void {
    const { response } = this
    const record = () => this.#record(status ?? response.statusCode)
    const isFinished = response.writableEnded && response.socket?.writableLength === 0
    if (response.destroyed || isFinished) record()
    else {
      response.once('close', record)
      this.#options.buffers.holdResponse(response, bufferedBytes)
    }
  }

  #record(status: number): void {
    const { method = 'GET', url = '', headers } = this.response.req
    const { operationInfo, isShed, getClientAddress } = this
    const event = {
      requestId: this.#id,
      method,
      url,
      routePattern: this.#route?.url,
      status,
      durationMs: performance.now() - this.#receivedAtMs,
      traceparent: headers.traceparent,
      operationInfo,
      getClientAddress,
      isShed,
    }
    try {
      logRequest(this.#route?.log ?? this.#options.log, event)
      this.#options.recordRequest(event)
    } catch (error) {
      // The response is sent: a failing observer must not affect it.
      this.logError(error)
    }
  }

  /** Determines the client's address once, if it is needed at all. */
  readonly getClientAddress = (): string | undefined => {
    this.#clientAddress ??= this.#options.getClientAddress(this.response.req)
    return this.#clientAddress
  }

  /** Logs an internal error together with the request's id. */
  readonly logError = (error: unknown): void => {
    this.#options.log.child({ [REQUEST_ID_KEY]: this.#id }).error(error)
  }
}
