import { type Logger, pino } from 'pino'
import { redactSecrets } from '../lib/redact.ts'
import { writeFully } from './write-fully.ts'

export type { Logger }

type LoggerOptions = {
  readonly logLevel: string
  readonly logFormat: 'json' | 'pretty'
}

const STDOUT = 1

/**
 * Creates the process's logger. It writes synchronously, so that no line is lost when the process exits, and it never
 * throws: a line that cannot be written, for example to a full disk, is dropped.
 */
export async function createLogger({ logLevel, logFormat }: LoggerOptions): Promise<Logger> {
  const options = { level: logLevel, base: null, serializers: { err: serializeError, error: serializeError } }
  if (logFormat === 'json') return pino(options, { write: writeLine })
  // Imported on demand: a server that logs JSON does not load it.
  const { formatLogLine } = await import('./pretty-format.ts')
  return pino(options, { write: (line: string) => writeLine(formatLogLine(line)) })
}

function writeLine(line: string): void {
  try {
    writeFully(STDOUT, line)
  } catch {
    // There is no other log to report this to.
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
