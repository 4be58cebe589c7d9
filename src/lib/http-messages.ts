import type { IncomingHttpHeaders } from 'node:http'

/** One HTTP request as the rooms behind the socket see it: no framework, no stream. */
export type HttpRequest = {
  readonly method: string
  /** The path alone, as it was sent. */
  readonly path: string
  /** The query string with its `?`, or empty. */
  readonly search: string
  readonly headers: IncomingHttpHeaders
  /** Every value of the Authorization header. */
  readonly authorization: readonly string[] | undefined
  /** Every value of the DPoP header. */
  readonly dpop: readonly string[] | undefined
  /** Values of the path's placeholders. */
  readonly params: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** The body, if it is a form. */
  readonly form: string | undefined
  /** Reports a fault of ours in the request's log. */
  readonly logError: (error: unknown) => void
}

/** What those who look after the service are told of an exchange: for logs and numbers, never sent. */
export type OperationInfo = {
  /** The operation's name as the document has it; a REST call's stored document has one, too. */
  readonly operationName?: string
  readonly operationType?: 'query' | 'mutation' | 'subscription'
  /** The fields of the schema that an operation of this kind begins with, as `Mutation.addBook`: a closed list. */
  readonly rootFields?: readonly string[]
  /** Coordinates that the caller's scopes did not open. */
  readonly deniedCoordinates?: readonly string[]
  /** `extensions.code` of the first error. */
  readonly errorCode?: string
  /** Why credentials were refused, from a closed list. */
  readonly reason?: string
  readonly client?: string
  readonly subject?: string
  /** The access token's `jti`. */
  readonly tokenId?: string
  /** Ids of the books that were added. */
  readonly addedBookIds?: readonly string[]
}

/** One HTTP answer. */
export type HttpResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly operationInfo?: OperationInfo
}

/** What whoever looks after the service asks: never refused for load, and no part of what callers wait for. */
export const HEALTH_PATHS: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics'])

/** One exchange as it ended, whoever answered it: a route, a limit, or nobody who was there. */
export type RequestEvent = {
  /** Empty: it was refused for overload, before it had one. */
  readonly requestId: string
  readonly method: string
  /** The route's pattern, as `/books/:id`; undefined where there is none. */
  readonly routePattern: string | undefined
  readonly status: number
  readonly durationSeconds: number
  readonly operationInfo: OperationInfo
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' | 'OPTIONS'

export type Route = {
  readonly method: Method | readonly Method[]
  readonly url: string
  /** Whether pages from anywhere may read the answer (Fetch §3.2): for what is public. */
  readonly allowsAnyOrigin?: boolean
  readonly handler: (request: HttpRequest) => Promise<HttpResponse>
}

/** What every JSON answer of ours says that it is. */
export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8'

export const createJsonResponse = (
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': JSON_CONTENT_TYPE, 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
})
