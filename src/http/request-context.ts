import type { IncomingMessage, ServerResponse } from 'node:http'
import type { About, Observed } from '../lib/http-messages.ts'
import { type Log, logRequest, REQUEST_ID } from '../observability/logger.ts'

const NOTHING: About = Object.freeze({})
export type Headers = Readonly<Record<string, string>>

export type Host = {
  readonly log: Log
  readonly observe: (exchange: Observed) => void
  /** Whether each answer is the last on its connection. */
  readonly closing: () => boolean
}

/** One request, with its answer's place, from the moment that it is its turn until nothing more comes of it. */
export class Visit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Ours, whatever the client calls it: two requests never have the same, and nobody writes into the log by it. */
  readonly id: string
  readonly #host: Host
  readonly #came: number
  /** The route's pattern; undefined where there is none. */
  route: string | undefined
  /** Where it is logged. */
  log: Log
  about = NOTHING
  /** What every answer at this place says. */
  headers: Headers | undefined

  /** @param came by `performance.now()` */
  constructor(request: IncomingMessage, response: ServerResponse, id: string, came: number, host: Host) {
    this.request = request
    this.response = response
    this.id = id
    this.#came = came
    this.#host = host
    this.log = host.log
  }

  /** Sends the answer whole. @throws where what stands in a header cannot be sent */
  answer(status: number, headers: Headers, body: string): void {
    const { response } = this
    if (!response.destroyed) {
      const head = ['x-request-id', this.id, 'content-length', String(Buffer.byteLength(body))]
      for (const name in headers) head.push(name, headers[name] ?? '')
      if (this.headers)
        for (const name in this.headers)
          if (headers[name] === undefined) head.push(name, this.headers[name] ?? '')
      // RFC 9112 §9.6: the last answer on this connection.
      if (this.#host.closing()) head.push('connection', 'close')
      response.writeHead(status, head).end(body)
    }
    this.tellAtEnd(status)
  }

  /** Says what every answer has in one that somebody else sends. */
  addHeaders(): void {
    this.response.setHeader('x-request-id', this.id)
    if (this.#host.closing()) this.response.setHeader('connection', 'close')
    for (const [name, value] of Object.entries(this.headers ?? {})) this.response.setHeader(name, value)
  }

  /**
   * Logs and tells of the exchange once nothing more comes of it: its answer is with the system, or nobody was there to
   * take it. What a client that went away has asked for may be done all the same.
   */
  tellAtEnd(status?: number): void {
    const { response } = this
    const tell = () => this.#tell(status ?? response.statusCode)
    if (response.destroyed || (response.writableEnded && response.socket?.writableLength === 0)) tell()
    else response.once('close', tell)
  }

  #tell(status: number): void {
    const { request, id, route, about, log } = this
    const { method = 'GET', url = '', headers } = request
    const seconds = (performance.now() - this.#came) / 1_000
    const { traceparent } = headers
    logRequest(log, { id, method, url, status, milliseconds: seconds * 1_000, traceparent, about })
    try {
      this.#host.observe({ id, method, route, status, seconds, about })
    } catch (error) {
      // The answer is out already: to look on must not change it.
      this.report(error)
    }
  }

  /** Logs a fault of ours. */
  report(error: unknown): void {
    this.#host.log.child({ [REQUEST_ID]: this.id }).error(error)
  }
}
