import type { ConnectionLimits } from '../connections.ts'

/** What this server bears, beside what a connection may take. */
export type Limits = ConnectionLimits & {
  readonly bodyBytes: number
  /** How late the event loop may run before requests are refused, milliseconds. */
  readonly loopDelayMs: number
  /** Requests that may be under way at once. */
  readonly inFlight: number
  /** Addresses and networks of proxies in front: what they forward is the client's address. */
  readonly trustedProxies: readonly string[]
}

const PROTOCOL: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'LIMIT_EXCEEDED', 'The body is too large.'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'LIMIT_EXCEEDED', 'The path is too long.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'BAD_REQUEST', 'Send application/json.'],
  RATE_LIMITED: [429, 'LIMIT_EXCEEDED', 'Too many requests from this address.'],
  SATURATED: [503, 'SERVICE_UNAVAILABLE', 'Too many requests at once. Try again in a moment.'],
  HPE_HEADER_OVERFLOW: [431, 'LIMIT_EXCEEDED', 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'BAD_REQUEST', 'The request took too long to arrive.'],
}

/** What to throw at a request that comes on top of too many: from its address, or at once. `protocolAnswer` knows its code. */
export const overLimit = (code: 'RATE_LIMITED' | 'SATURATED') => Object.assign(new Error(code), { code })

/** The answer to a request that broke HTTP's rules or a limit, before any route saw it; undefined if it did not. */
export function protocolAnswer(
  code: string | undefined,
  status = 400,
): { status: number; code: string; body: string } | undefined {
  const known = PROTOCOL[code ?? '']
  if (!known && (status < 400 || status > 499)) return undefined
  const [answered, name, message] = known ?? [status, 'BAD_REQUEST', 'The request is not right.']
  return {
    status: answered,
    code: name,
    body: JSON.stringify({ errors: [{ message, extensions: { code: name } }] }),
  }
}
