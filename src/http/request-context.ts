import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OperationInfo, RequestEvent } from '../lib/http-messages.ts'
import type { Logger } from '../observability/logger.ts'
import { logRequest, REQUEST_ID_KEY } from '../observability/request-log.ts'
import type { RouteEntry } from './router.ts'

export type HeaderFields = Readonly<Record<string, string>>

export type RequestContextOptions = {
  readonly log: Logger
  readonly recordRequest: (event: RequestEvent) => void
  /** Returns true once the server is closing: each response is then the last one on its connection. */
  readonly isClosing: () => boolean
}

const NO_INFO: OperationInfo = Object.freeze({})
const ANY_ORIGIN: HeaderFields = { 'access-control-allow-origin': '*' }

/** One request with its response, and what the request log and the metrics need to know about it. */
export class RequestContext {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Generated here and unique; an `x-request-id` sent by the client is ignored. */
  readonly id: string
  readonly #options: RequestContextOptions
  readonly #receivedAtMs: number
  #routePattern: string | undefined
  #log: Logger
  operationInfo = NO_INFO
  /** Headers of every response to this request. */
  defaultHeaders: HeaderFields | undefined

  /** @param receivedAtMs by `performance.now()` */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    receivedAtMs: number,
    options: RequestContextOptions,
  ) {
    this.request = request
    this.response = response
    this.id = id
    this.#receivedAtMs = receivedAtMs
    this.#options = options
    this.#log = options.log
  }

  /** Applies the matched route's pattern, log and CORS header. */
  setRoute({ url, log, target }: RouteEntry): void {
    this.#routePattern = url
    if (log) this.#log = log
    if ('allowsAnyOrigin' in target && target.allowsAnyOrigin) this.defaultHeaders = ANY_ORIGIN
  }

  /**
   * Sends a complete response.
   * @throws TypeError when a header's value is invalid
   */
  send(status: number, headers: HeaderFields, body: string): void {
    const { response, defaultHeaders } = this
    if (!response.destroyed) {
      const head = ['x-request-id', this.id, 'content-length', String(Buffer.byteLength(body))]
      for (const name in headers) head.push(name, headers[name] ?? '')
      if (defaultHeaders)
        for (const name in defaultHeaders)
          if (headers[name] === undefined) head.push(name, defaultHeaders[name] ?? '')
      // RFC 9112 §9.6
      if (this.#options.isClosing()) head.push('connection', 'close')
      response.writeHead(status, head).end(body)
    }
    this.recordWhenFinished(status)
  }

  /** Sets the headers that `send` adds, for a response that is sent by other code. */
  setDefaultHeaders(): void {
    this.response.setHeader('x-request-id', this.id)
    if (this.#options.isClosing()) this.response.setHeader('connection', 'close')
    for (const [name, value] of Object.entries(this.defaultHeaders ?? {}))
      this.response.setHeader(name, value)
  }

  /** Logs and records the request once its response is handed to the operating system, or the client has disconnected. */
  recordWhenFinished(status?: number): void {
    const { response } = this
    const record = () => this.#record(status ?? response.statusCode)
    if (response.destroyed || (response.writableEnded && response.socket?.writableLength === 0)) record()
    else response.once('close', record)
  }

  #record(status: number): void {
    const { method = 'GET', url = '', headers } = this.request
    const { id: requestId, operationInfo } = this
    const durationMs = performance.now() - this.#receivedAtMs
    const { traceparent } = headers
    logRequest(this.#log, { requestId, method, url, status, durationMs, traceparent, operationInfo })
    try {
      const durationSeconds = durationMs / 1_000
      const routePattern = this.#routePattern
      this.#options.recordRequest({ requestId, method, routePattern, status, durationSeconds, operationInfo })
    } catch (error) {
      // The response is sent: a failing observer must not affect it.
      this.logError(error)
    }
  }

  /** Logs an internal error together with the request's id. */
  logError(error: unknown): void {
    this.#options.log.child({ [REQUEST_ID_KEY]: this.id }).error(error)
  }
}
