import { type Logger, pino } from 'pino'
import { findLastingError } from '../errors/lasting-error.ts'
import { redactSecrets } from '../lib/redact.ts'
import { openStandardStream } from './line-writer.ts'

export type { Logger }

type LoggerOptions = {
  readonly logLevel: string
  readonly logFormat: 'json' | 'pretty'
}

/**
 * Creates the process's logger. It never throws and never waits: a line that cannot be written, for example to a full disk
 * or to a pipe that is not read, is dropped.
 * @param onDropped called for each dropped line
 */
export async function createLogger(
  { logLevel, logFormat }: LoggerOptions,
  onDropped: () => void = () => undefined,
): Promise<Logger> {
  const options = { level: logLevel, base: null, serializers: { err: serializeError, error: serializeError } }
  const { write } = openStandardStream('stdout')
  if (logFormat === 'json') return pino(options, { write: (line: string) => write(line, onDropped) })
  // Imported on demand: a server that logs JSON does not load it.
  const { formatLogLine } = await import('./pretty-format.ts')
  return pino(options, { write: (line: string) => write(formatLogLine(line), onDropped) })
}

/** Returns a function that logs errors. A lasting one, which rejects one request after the other, is logged once. */
export function createLogError(log: Logger): (error: unknown) => void {
  const logged = new WeakSet<Error>()
  return (error) => {
    const lastingError = findLastingError(error)
    if (!lastingError) return log.error(error)
    if (!logged.has(lastingError)) log.error(lastingError.message)
    logged.add(lastingError)
  }
}

/** Logs selected members only: libraries attach requests, commands and responses to their errors, tokens included. */
function serializeError(error: unknown) {
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
