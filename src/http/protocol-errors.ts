import type { ConnectionLimits } from '../lib/connection-limits.ts'

/** Limits of the HTTP server, in addition to those of a connection. */
export type HttpLimits = ConnectionLimits & {
  readonly maxBodyBytes: number
  /** Maximum time a request may wait for the event loop before new ones are rejected. */
  readonly maxLoopDelayMs: number
  /** Requests that may be handled at the same time. */
  readonly maxInFlight: number
  /** Addresses and networks of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[]
}

type ProtocolError = { readonly status: number; readonly code: string; readonly message: string }

const MALFORMED: ProtocolError = { status: 400, code: 'BAD_REQUEST', message: 'Malformed request.' }

const PROTOCOL_ERRORS = {
  BODY_TOO_LARGE: { status: 413, code: 'LIMIT_EXCEEDED', message: 'The body is too large.' },
  BODY_INCOMPLETE: MALFORMED,
  CLIENT_DISCONNECTED: MALFORMED,
  PATH_TOO_LONG: { status: 414, code: 'LIMIT_EXCEEDED', message: 'The path is too long.' },
  BAD_URL: MALFORMED,
  MEDIA_TYPE: { status: 415, code: 'BAD_REQUEST', message: 'Send application/json.' },
  RATE_LIMITED: { status: 429, code: 'LIMIT_EXCEEDED', message: 'Too many requests from this address.' },
  SATURATED: {
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    message: 'The server is overloaded. Try again in a moment.',
  },
  // Codes of Node's HTTP parser, for bytes that never became a request.
  HPE_HEADER_OVERFLOW: { status: 431, code: 'LIMIT_EXCEEDED', message: 'The headers are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'BAD_REQUEST',
    message: 'The request took too long to arrive.',
  },
} as const satisfies Readonly<Record<string, ProtocolError>>

export type ProtocolErrorCode = keyof typeof PROTOCOL_ERRORS

type ProtocolErrorResponse = { readonly status: number; readonly code: string; readonly body: string }

const toResponse = ({ status, code, message }: ProtocolError): ProtocolErrorResponse => ({
  status,
  code,
  body: createErrorBody(message, code),
})

const MALFORMED_RESPONSE = toResponse(MALFORMED)

/** Serialized once: most of these responses are sent when there is much to do. */
const responses = new Map<string | undefined, ProtocolErrorResponse>(
  Object.entries(PROTOCOL_ERRORS).map(([errorCode, error]) => [errorCode, toResponse(error)]),
)

/** Serializes an error response in GraphQL's shape. */
export function createErrorBody(message: string, code: string): string {
  return JSON.stringify({ errors: [{ message, extensions: { code } }] })
}

/**
 * Returns the response to a request that violates HTTP or a limit of the server.
 * @param errorCode a `ProtocolErrorCode` or an error code of Node; any other means a malformed request
 */
export function createProtocolErrorResponse(errorCode: string | undefined): ProtocolErrorResponse {
  return responses.get(errorCode) ?? MALFORMED_RESPONSE
}
