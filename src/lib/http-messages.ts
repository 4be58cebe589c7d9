import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** An HTTP request, independent of any framework or stream. */
export type HttpRequest = {
  readonly method: string
  /** The path without the query string, as it was sent. */
  readonly path: string
  /** The query string with its `?`, or empty. */
  readonly search: string
  readonly headers: IncomingHttpHeaders
  /** Every value of the Authorization header. */
  readonly authorization: readonly string[] | undefined
  /** Every value of the DPoP header. */
  readonly dpop: readonly string[] | undefined
  readonly params: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** The body of a form submission. */
  readonly form: string | undefined
  /** Logs an internal error with this request's id. */
  readonly logError: (error: unknown) => void
}

/** The facts about an operation for logs, metrics and audit events. Never sent to clients. */
export type OperationInfo = {
  /** The operation's name in its document. The stored documents of REST routes are named too. */
  readonly operationName?: string
  readonly operationType?: 'query' | 'mutation' | 'subscription'
  /** The coordinates of the root fields, such as `Mutation.addBook`: a closed set. */
  readonly rootFields?: readonly string[]
  /** The coordinates that the caller's scopes did not satisfy. */
  readonly deniedCoordinates?: readonly string[]
  /** The scopes that the caller's token lacks for them. */
  readonly missingScopes?: readonly string[]
  /** `extensions.code` of the first error. */
  readonly errorCode?: string
  /** The reason for rejected credentials: a closed set. */
  readonly reason?: string
  readonly client?: string
  readonly subject?: string
  /** The access token's `jti`. */
  readonly tokenId?: string
  readonly addedBookIds?: readonly string[]
}

export type HttpResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly operationInfo?: OperationInfo
}

/** The health endpoints: exempt from load shedding, and left out of the request durations of clients. */
export const HEALTH_PATHS: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics'])

/** A completed request, including those that no route handled. */
export type RequestEvent = {
  /** Empty for a request that was shed before it got an id. */
  readonly requestId: string
  readonly method: string
  /** The route's pattern, such as `/books/:id`; undefined if no route matched. */
  readonly routePattern: string | undefined
  readonly status: number
  readonly durationMs: number
  readonly operationInfo: OperationInfo
  /** Determines the client's address, which few events need; undefined if it is unknown. */
  readonly getClientAddress?: () => string | undefined
  /** Rejected by load shedding. */
  readonly isShed?: boolean
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'

export type Route = {
  /** A route for GET also answers HEAD. */
  readonly method: Method | readonly Method[]
  readonly url: string
  /** Answers cross-origin requests from any origin (Fetch §3.2), for public resources. */
  readonly allowsAnyOrigin?: boolean
  /** Returns false if the request, whose body has not arrived, is rejected whatever its body is. By default all are read. */
  readonly needsBody?: (request: HttpRequest) => boolean
  readonly handler: (request: HttpRequest) => Promise<HttpResponse>
}

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8'

const HSTS_MAX_AGE_SECONDS = 31_536_000

/** Returns the headers of every response. HSTS is for https only (RFC 6797 §7.2). */
export const createSecurityHeaders = (isHttps: boolean): HttpResponse['headers'] => ({
  'x-content-type-options': 'nosniff',
  ...(isHttps && { 'strict-transport-security': `max-age=${HSTS_MAX_AGE_SECONDS}` }),
})

/** Responds to bytes that did not become a request, and closes the connection, at once if a response on it has begun. */
export function sendRawResponse(socket: Duplex, { status, headers, body }: HttpResponse): void {
  // The field by which Node's own handler of `clientError` tests this.
  const { _httpMessage: current } = socket as Duplex & {
    readonly _httpMessage?: { readonly headersSent: boolean }
  }
  if (!socket.writable || current?.headersSent) return void socket.destroy()
  const fields = { connection: 'close', 'content-length': Buffer.byteLength(body), ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}

export const createJsonResponse = (
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': JSON_CONTENT_TYPE, 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
})

/** Reduces a request target in absolute form to origin form (RFC 9112 §3.2): this server handles it either way. */
export function toOriginForm(target: string): string {
  if (target.startsWith('/')) return target
  const url = URL.parse(target)
  return url ? url.pathname + url.search : target
}

/** Parses the values of a header with their weights (RFC 9110 §12.4.2), in lower case; an invalid weight counts as 1. */
export function parseWeights(header = ''): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const element of header.toLowerCase().split(',')) {
    const [value = '', ...parameters] = element.split(';').map((part) => part.trim())
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    weights.set(value, Number.isNaN(weight) ? 1 : weight)
  }
  return weights
}
