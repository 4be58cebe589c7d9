import { randomBytes } from 'node:crypto'
import { type OperationInfo, type RequestEvent, toOriginForm } from '../lib/http-messages.ts'
import { sanitizeId, sanitizeName, sanitizePath } from '../lib/redact.ts'
import type { Logger } from './logger.ts'
import { parseTraceparent } from './trace-context.ts'

/** The log's key for the request id. */
export const REQUEST_ID_KEY = 'requestId'
const PREFIX_BYTES = 4

/**
 * Creates a generator of request ids: a counter behind a random prefix for each process. Ids sent by clients are not used,
 * since they may collide or contain anything.
 */
export function createRequestIdGenerator(): () => string {
  const prefix = randomBytes(PREFIX_BYTES).toString('hex')
  let count = 0
  return function nextRequestId() {
    count += 1
    return `${prefix}-${count.toString(36)}`
  }
}

/** A finished request, as passed to `logRequest`. */
export type RequestLogEntry = Pick<RequestEvent, 'method' | 'status' | 'durationMs' | 'getClientAddress'> & {
  /** Omitted when the logger already adds it to every line. */
  readonly requestId?: string
  /** As received; the query string is not logged. */
  readonly url: string
  readonly traceparent?: string | readonly string[] | undefined
  readonly operationInfo?: OperationInfo
}

/**
 * Logs one line for a finished request. The line contains no header, body, variable or query string.
 * @param log the request's own logger, or its route's, whose level applies
 */
export function logRequest(log: Logger, entry: RequestLogEntry): void {
  const { requestId, method, url, status, durationMs, traceparent, operationInfo = {} } = entry
  const level = levelOf(status)
  // Building the line costs more than writing it.
  if (!log.isLevelEnabled(level)) return
  const { operationName, errorCode, reason, client } = operationInfo
  // pino omits what is undefined.
  const line = {
    [REQUEST_ID_KEY]: requestId,
    method,
    path: url.startsWith('/') || url.includes('://') ? sanitizePath(toOriginForm(url)) : '…',
    status,
    ms: Math.round(durationMs * 100) / 100,
    operation: operationName && sanitizeName(operationName),
    refused: operationInfo.deniedCoordinates,
    missing: operationInfo.missingScopes,
    code: errorCode,
    reason,
    client: client && sanitizeId(client),
    clientAddress: entry.getClientAddress?.(),
    traceId: parseTraceparent(traceparent)?.traceId,
  }
  log[level](line, 'request')
}

/** Server errors that report a request which no server has to support (RFC 9110 §15.6.2 and §15.6.6). */
const UNSUPPORTED_STATUSES: readonly number[] = [501, 505]

/** 503 is a warning: an outage or overload ends by itself, a bug does not. */
function levelOf(status: number): 'info' | 'warn' | 'error' {
  if (status < 500 || UNSUPPORTED_STATUSES.includes(status)) return 'info'
  return status === 503 ? 'warn' : 'error'
}
