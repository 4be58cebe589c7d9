import type { ConnectionLimits } from '../lib/connection-limits.ts'

/** What this server bears, beside what a connection may take. */
export type HttpLimits = ConnectionLimits & {
  readonly maxBodyBytes: number
  /** How late the event loop may run before requests are refused, milliseconds. */
  readonly maxLoopDelayMs: number
  /** Requests that may be under way at once. */
  readonly maxInFlight: number
  /** Addresses and networks of proxies in front: what they forward is the client's address. */
  readonly trustedProxies: readonly string[]
}

const NOT_RIGHT = [400, 'BAD_REQUEST', 'The request is not right.'] as const

/** By our names, and by Node's for what never became a request. */
const PROTOCOL = {
  BODY_TOO_LARGE: [413, 'LIMIT_EXCEEDED', 'The body is too large.'],
  BODY_BROKEN: NOT_RIGHT,
  GONE: NOT_RIGHT,
  PATH_TOO_LONG: [414, 'LIMIT_EXCEEDED', 'The path is too long.'],
  BAD_URL: NOT_RIGHT,
  MEDIA_TYPE: [415, 'BAD_REQUEST', 'Send application/json.'],
  RATE_LIMITED: [429, 'LIMIT_EXCEEDED', 'Too many requests from this address.'],
  SATURATED: [503, 'SERVICE_UNAVAILABLE', 'Too many requests at once. Try again in a moment.'],
  HPE_HEADER_OVERFLOW: [431, 'LIMIT_EXCEEDED', 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'BAD_REQUEST', 'The request took too long to arrive.'],
} as const satisfies Readonly<Record<string, readonly [status: number, code: string, message: string]>>

export type ProtocolErrorCode = keyof typeof PROTOCOL

type ProtocolAnswer = { readonly status: number; readonly code: string; readonly body: string }

const answers: ReadonlyMap<string | undefined, ProtocolAnswer> = new Map(
  Object.entries(PROTOCOL).map(([fault, [status, code, message]]) => [
    fault,
    { status, code, body: createErrorBody(message, code) },
  ]),
)

/** What is said where no route has anything to say. */
export function createErrorBody(message: string, code: string): string {
  return JSON.stringify({ errors: [{ message, extensions: { code } }] })
}

/** The answer to a request that broke HTTP's rules or a limit, before any route saw it. */
export function createProtocolErrorResponse(errorCode: string | undefined): ProtocolAnswer {
  const answer = answers.get(errorCode) ?? answers.get('BAD_URL')
  if (!answer) throw new Error('there is no answer to a broken rule')
  return answer
}
