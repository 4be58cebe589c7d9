import { closeSync, openSync, writeSync } from 'node:fs'
import { ExitError } from '../errors/exit-error.ts'
import type { RequestEvent } from '../lib/http-messages.ts'
import { sanitizeId, sanitizeName } from '../lib/redact.ts'

/** The audit log cannot be opened; the message says why and what to look at, in one line. */
class AuditLogError extends ExitError {
  override readonly name = 'AuditLogError'
}

export type AuditLog = {
  /** Writes a line for a write and for a refusal, and nothing for anything else. */
  readonly recordRequest: (exchange: RequestEvent) => void
  close(): void
}

type Lines = { write(lines: readonly string[]): void; close(): void }

const OWNER_ALONE = 0o600
/** Bytes that a pipe takes as a whole (POSIX, PIPE_BUF): the log and other workers write to it, too. */
const PIECE = 4_096
/** How long until a full pipe is tried again. */
const FULL_MS = 10
const STREAM = { stdout: 1, stderr: 2 } as const
/** What says no to somebody, whatever it is that is not given. */
const REFUSED_STATUS: ReadonlySet<number> = new Set([401, 403, 429])
const REFUSED_CODE: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'LIMIT_EXCEEDED'])

/**
 * Opens the record of who wrote what and who was refused. A write's line is with the system before the next thing is
 * done: what a process was asked before it died is there. Refusals, which cost nobody anything to ask for, go together:
 * those of one turn of the event loop at its end, or in front of the next write.
 * @param target a file, which is appended to and, at SIGHUP, opened anew; `stdout`, `stderr` or `off`
 * @param logError told of a line that could not be written: the request that it tells of has its answer all the same
 * @throws AuditFault when the file cannot be opened
 */
export function openAuditLog(target: string, logError: (fault: unknown) => void): AuditLog {
  const lines = linesTo(target, logError)
  const waiting: string[] = []
  function flush(): void {
    if (waiting.length === 0) return
    try {
      lines?.write(waiting.splice(0))
    } catch (fault) {
      logError(fault)
    }
  }
  // However it ends, but by a kill.
  process.on('exit', flush)
  return Object.freeze({
    recordRequest(exchange: RequestEvent) {
      const event = eventOf(exchange)
      if (event === undefined || !lines) return
      if (waiting.length === 0 && event === 'refused') setImmediate(flush)
      waiting.push(`${JSON.stringify(entryOf(event, exchange))}\n`)
      if (event === 'write') flush()
    },
    close() {
      process.off('exit', flush)
      flush()
      lines?.close()
    },
  })
}

/** Whether it is a file, which somebody may move away. */
export const isAuditLogFile = (target: string) => !['off', 'stdout', 'stderr'].includes(target)

function linesTo(target: string, report: (fault: unknown) => void): Lines | undefined {
  if (target === 'off') return undefined
  if (target === 'stdout' || target === 'stderr')
    return { write: (lines) => inPieces(STREAM[target], lines), close() {} }
  return linesToFile(target, report)
}

/** As many lines at once as fit into a piece; a line is never cut. */
function inPieces(stream: number, lines: readonly string[]): void {
  let piece = ''
  let size = 0
  for (const line of lines) {
    const more = Buffer.byteLength(line)
    if (size + more > PIECE) {
      writeWhole(stream, piece)
      piece = ''
      size = 0
    }
    piece += line
    size += more
  }
  writeWhole(stream, piece)
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeNext(file, bytes, at)
}

/** A pipe that is full is waited for, as the log does: what Node keeps for later is lost when the process ends. */
function writeNext(file: number, bytes: Buffer, at: number): number {
  try {
    return writeSync(file, bytes, at)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EAGAIN') throw error
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_MS)
    return 0
  }
}

function linesToFile(path: string, report: (fault: unknown) => void): Lines {
  let file = opened(path)
  /** logrotate has moved the file away. Where no new one can be made, the old one goes on. */
  function reopen(): void {
    try {
      const next = opened(path)
      closeSync(file)
      file = next
    } catch (fault) {
      report(fault)
    }
  }
  process.on('SIGHUP', reopen)
  return {
    write: (lines) => writeWhole(file, lines.join('')),
    close() {
      process.off('SIGHUP', reopen)
      closeSync(file)
    },
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'a', OWNER_ALONE)
  } catch (error) {
    throw new AuditLogError(`The audit log cannot be opened: ${(error as Error).message}. Check AUDIT_LOG.`)
  }
}

function eventOf({ status, operationInfo }: RequestEvent): 'write' | 'refused' | undefined {
  const no =
    operationInfo.deniedCoordinates !== undefined ||
    (operationInfo.errorCode !== undefined && REFUSED_CODE.has(operationInfo.errorCode))
  if (no || REFUSED_STATUS.has(status)) return 'refused'
  return operationInfo.operationType === 'mutation' ? 'write' : undefined
}

function entryOf(
  event: 'write' | 'refused',
  { requestId, method, routePattern, status, operationInfo }: RequestEvent,
) {
  const {
    operationName,
    rootFields,
    deniedCoordinates,
    addedBookIds,
    errorCode,
    reason,
    client,
    subject,
    tokenId,
  } = operationInfo
  return {
    time: new Date().toISOString(),
    event,
    requestId,
    subject: subject && sanitizeId(subject),
    client: client && sanitizeId(client),
    tokenId: tokenId && sanitizeId(tokenId),
    method,
    route: routePattern,
    operation: operationName && sanitizeName(operationName),
    asked: rootFields,
    refused: deniedCoordinates,
    added: addedBookIds,
    code: errorCode,
    reason,
    status,
  }
}
