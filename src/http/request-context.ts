import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OperationInfo, RequestEvent } from '../lib/http-messages.ts'
import type { Logger } from '../observability/logger.ts'
import { logRequest, REQUEST_ID_KEY } from '../observability/request-log.ts'

const NOTHING: OperationInfo = Object.freeze({})
export type HeaderFields = Readonly<Record<string, string>>

export type RequestContextOptions = {
  readonly log: Logger
  readonly recordRequest: (exchange: RequestEvent) => void
  /** Whether each answer is the last on its connection. */
  readonly isClosing: () => boolean
}

/** One request, with its answer's place, from the moment that it is its turn until nothing more comes of it. */
export class RequestContext {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Ours, whatever the client calls it: two requests never have the same, and nobody writes into the log by it. */
  readonly id: string
  readonly #host: RequestContextOptions
  readonly #came: number
  /** The route's pattern; undefined where there is none. */
  routePattern: string | undefined
  /** Where it is logged. */
  log: Logger
  operationInfo = NOTHING
  /** What every answer at this place says. */
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
    this.#came = receivedAtMs
    this.#host = options
    this.log = options.log
  }

  /** Sends the answer whole. @throws where what stands in a header cannot be sent */
  send(status: number, headers: HeaderFields, body: string): void {
    const { response } = this
    if (!response.destroyed) {
      const head = ['x-request-id', this.id, 'content-length', String(Buffer.byteLength(body))]
      for (const name in headers) head.push(name, headers[name] ?? '')
      if (this.defaultHeaders)
        for (const name in this.defaultHeaders)
          if (headers[name] === undefined) head.push(name, this.defaultHeaders[name] ?? '')
      // RFC 9112 §9.6: the last answer on this connection.
      if (this.#host.isClosing()) head.push('connection', 'close')
      response.writeHead(status, head).end(body)
    }
    this.recordWhenFinished(status)
  }

  /** Says what every answer has in one that somebody else sends. */
  setDefaultHeaders(): void {
    this.response.setHeader('x-request-id', this.id)
    if (this.#host.isClosing()) this.response.setHeader('connection', 'close')
    for (const [name, value] of Object.entries(this.defaultHeaders ?? {}))
      this.response.setHeader(name, value)
  }

  /**
   * Logs and tells of the exchange once nothing more comes of it: its answer is with the system, or nobody was there to
   * take it. What a client that went away has asked for may be done all the same.
   */
  recordWhenFinished(status?: number): void {
    const { response } = this
    const tell = () => this.#tell(status ?? response.statusCode)
    if (response.destroyed || (response.writableEnded && response.socket?.writableLength === 0)) tell()
    else response.once('close', tell)
  }

  #tell(status: number): void {
    const { request, id, routePattern, operationInfo, log } = this
    const { method = 'GET', url = '', headers } = request
    const seconds = (performance.now() - this.#came) / 1_000
    const { traceparent } = headers
    logRequest(log, {
      requestId: id,
      method,
      url,
      status,
      durationMs: seconds * 1_000,
      traceparent,
      operationInfo,
    })
    try {
      this.#host.recordRequest({
        requestId: id,
        method,
        routePattern,
        status,
        durationSeconds: seconds,
        operationInfo,
      })
    } catch (error) {
      // The answer is out already: to look on must not change it.
      this.logError(error)
    }
  }

  /** Logs a fault of ours. */
  logError(error: unknown): void {
    this.#host.log.child({ [REQUEST_ID_KEY]: this.id }).error(error)
  }
}
