import { randomBytes } from 'node:crypto'
import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino'
import type { OperationInfo } from '../lib/http-messages.ts'
import { toOriginForm } from '../lib/http-messages.ts'
import { redactSecrets, sanitizeId, sanitizeName, sanitizePath } from '../lib/redact.ts'
import { parseTraceId } from './trace-context.ts'

export type Logger = PinoLogger

/** The name of a request's id in its lines. */
export const REQUEST_ID_KEY = 'requestId'
const PREFIX_BYTES = 4

/** Names requests, in this process and, as good as always, beside others: what a client calls its request is not asked. */
export function createRequestIdGenerator(): () => string {
  const prefix = randomBytes(PREFIX_BYTES).toString('hex')
  let count = 0
  return function nextId() {
    count += 1
    return `${prefix}-${count.toString(36)}`
  }
}

type LogSettings = {
  /** pino's names. */
  readonly logLevel: string
  /** Undefined: pretty on a terminal, but never in production. */
  readonly logFormat: 'json' | 'pretty' | undefined
  readonly isProduction: boolean
}

/** Where lines go: standard output, and at once, so that the last ones of a process that ends are there, too. */
const STDOUT = 1

/** The log of a process: a JSON line for each thing, or a pretty one for people. */
export async function createLogger({ logLevel, logFormat, isProduction }: LogSettings): Promise<Logger> {
  const pretty =
    logFormat === undefined ? !isProduction && process.stdout.isTTY === true : logFormat === 'pretty'
  const options = { level: logLevel, base: null, serializers: { err: plainError, error: plainError } }
  return pino(options, pretty ? await prettyLines() : destination({ dest: STDOUT, sync: true }))
}

/** Loaded where it is wanted: a server whose log a program reads has no colours in its memory. */
async function prettyLines(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty')
  return pretty({ destination: STDOUT, sync: true, translateTime: 'SYS:HH:MM:ss', singleLine: true })
}

/** Libraries hang requests, commands and answers on their errors, and tokens with them: its own words alone go on. */
function plainError(error: unknown) {
  if (!(error instanceof Error)) return { message: redactSecrets(String(error)) }
  const { name, message, stack, cause } = error
  const { code } = error as { code?: unknown }
  return {
    type: name,
    ...(typeof code === 'string' && { code }),
    message: redactSecrets(message),
    stack: redactSecrets(stack ?? ''),
    ...(cause instanceof Error && { cause: redactSecrets(cause.message) }),
  }
}

/** An exchange as its line tells it. */
export type RequestLogEntry = {
  /** Left out where the log has it already. */
  readonly requestId?: string
  readonly method: string
  /** As it was sent; its query stays out. */
  readonly url: string
  readonly status: number
  readonly durationMs: number
  readonly traceparent?: string | readonly string[] | undefined
  readonly operationInfo?: OperationInfo
}

/**
 * The one line of a request, at its end. No header, body, variable or query string is in it.
 * @param log the request's own, or its route's: it has the level
 */
export function logRequest(
  log: Pick<Logger, 'info' | 'warn' | 'error' | 'isLevelEnabled'>,
  entry: RequestLogEntry,
): void {
  const { requestId, method, url, status, durationMs, traceparent, operationInfo = {} } = entry
  const level = levelOf(status)
  // To make a line costs more than to write it.
  if (!log.isLevelEnabled(level)) return
  const traceId = parseTraceId(traceparent)
  const line = {
    ...(requestId !== undefined && { [REQUEST_ID_KEY]: requestId }),
    method,
    path: url.startsWith('/') || url.includes('://') ? sanitizePath(toOriginForm(url)) : '…',
    status,
    ms: Math.round(durationMs * 100) / 100,
    ...plainAbout(operationInfo),
    ...(traceId !== undefined && { traceId }),
  }
  log[level](line, 'request')
}

/** What was away or too much passes by itself; what broke does not. */
const levelOf = (status: number) => (status < 500 ? 'info' : status === 503 ? 'warn' : 'error')

const plainAbout = ({ operationName, deniedCoordinates, errorCode, reason, client }: OperationInfo) => ({
  ...(operationName !== undefined && { operation: sanitizeName(operationName) }),
  ...(deniedCoordinates !== undefined && { refused: deniedCoordinates }),
  ...(errorCode !== undefined && { code: errorCode }),
  ...(reason !== undefined && { reason }),
  ...(client !== undefined && { client: sanitizeId(client) }),
})
