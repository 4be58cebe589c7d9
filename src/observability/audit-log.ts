import { constants, openSync } from 'node:fs'
import { ExitError } from '../errors/exit-error.ts'
import type { RequestEvent } from '../lib/http-messages.ts'
import { sanitizeId, sanitizeName } from '../lib/redact.ts'
import { createLineWriter, type LineWriter, openStandardStream, type StandardStream } from './line-writer.ts'

/** The audit log's file cannot be opened. The message is one line with the cause and the setting to check. */
class AuditLogError extends ExitError {
  override readonly name = 'AuditLogError'
}

const FILE_MODE = 0o600
/** Appends to a file; non-blocking for a path such as /dev/stdout, which may be a pipe. */
const FILE_FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NONBLOCK
/** POSIX: a write of up to PIPE_BUF bytes to a pipe is not interleaved with those of other processes. */
const PIPE_BUF = 4_096
const REFUSED_STATUSES: ReadonlySet<number> = new Set([401, 403, 429])
const REFUSED_CODES: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'LIMIT_EXCEEDED'])
/** A larger batch is recorded by its size and its ends, so that its line stays below PIPE_BUF. */
const MAX_LISTED_BOOKS = 10

type Options = {
  /** Formats the lines of a standard stream; those of a file are JSON. */
  readonly format?: ((entry: AuditEntry) => string) | undefined
  /** Called with the number of lines that could not be written. */
  readonly onDropped?: (lines: number) => void
}

/**
 * Opens the audit log: one JSON line for every write, every refused request and every query with refused fields. The line of
 * a write is passed to the operating system before the process handles another event, so that it survives a crash; the lines
 * of writes with a common commit are passed together. If a standard stream is not read, they wait in memory. Refused
 * requests are cheap to send in great number; their lines are written together, at the end of the event loop's turn or
 * before the next write.
 * @param target a file, which is appended to and reopened on SIGHUP, or `stdout`, `stderr` or `off`
 * @param logError called when lines cannot be written; the requests themselves are not affected
 * @throws AuditLogError when the file cannot be opened
 */
export function openAuditLog(target: string, logError: (error: unknown) => void, options: Options = {}) {
  if (target === 'off') return { recordRequest(_event: RequestEvent) {}, close() {} }
  const { format = JSON.stringify, onDropped = () => undefined } = options
  const isFile = isAuditLogFile(target)
  const formatLine = isFile ? JSON.stringify : format
  let writer = isFile ? openFile(target) : openStandardStream(target as StandardStream)
  let pending: string[] = []
  let pendingBytes = 0
  let hasPendingWrite = false
  /** Opens the file again after logrotate has renamed it. Keeps the old one if that fails. */
  function reopen(): void {
    flush()
    try {
      const previous = writer
      writer = openFile(target)
      previous.close()
    } catch (error) {
      logError(error)
    }
  }
  function flush(): void {
    const { length } = pending
    if (length === 0) return
    const lines = pending.join('')
    const hasWrite = hasPendingWrite
    pending = []
    pendingBytes = 0
    hasPendingWrite = false
    const onLost = (error?: unknown) => {
      onDropped(length)
      if (error !== undefined) logError(error)
    }
    writer.write(lines, onLost, hasWrite)
  }
  if (isFile) process.on('SIGHUP', reopen)
  process.on('exit', flush)
  return Object.freeze({
    recordRequest(event: RequestEvent) {
      const type = auditEventType(event)
      if (type === undefined) return
      const line = `${formatLine(createEntry(type, event))}\n`
      const lineBytes = Buffer.byteLength(line)
      if (pendingBytes + lineBytes > PIPE_BUF) flush()
      if (type === 'write') {
        // Runs after the promise callbacks that send the other responses of the same commit.
        if (!hasPendingWrite) process.nextTick(flush)
        hasPendingWrite = true
      } else if (pending.length === 0) setImmediate(flush)
      pending.push(line)
      pendingBytes += lineBytes
    },
    close() {
      process.off('exit', flush)
      process.off('SIGHUP', reopen)
      flush()
      if (isFile) writer.close()
    },
  })
}

/** Returns true for a file, which can be rotated. */
export const isAuditLogFile = (target: string) => !['off', 'stdout', 'stderr'].includes(target)

function openFile(path: string): LineWriter {
  try {
    return createLineWriter(openSync(path, FILE_FLAGS, FILE_MODE))
  } catch (error) {
    throw new AuditLogError(`The audit log cannot be opened: ${(error as Error).message}. Check AUDIT_LOG.`)
  }
}

type AuditEventType = 'write' | 'refused' | 'partial'

function auditEventType({ status, operationInfo }: RequestEvent): AuditEventType | undefined {
  const { deniedCoordinates, errorCode, operationType } = operationInfo
  if (REFUSED_STATUSES.has(status)) return 'refused'
  // Lenient handling: executed, but for these fields.
  if (deniedCoordinates !== undefined) return 'partial'
  if (errorCode !== undefined && REFUSED_CODES.has(errorCode)) return 'refused'
  return operationType === 'mutation' ? 'write' : undefined
}

/** The members of a line of the audit log. */
export type AuditEntry = ReturnType<typeof createEntry>

function createEntry(event: AuditEventType, request: RequestEvent) {
  const { requestId, method, routePattern, status, operationInfo } = request
  const { subject, client, tokenId, operationName, addedBookIds } = operationInfo
  const isBatch = addedBookIds !== undefined && addedBookIds.length > MAX_LISTED_BOOKS
  return {
    time: new Date().toISOString(),
    event,
    requestId,
    subject: subject && sanitizeId(subject),
    client: client && sanitizeId(client),
    tokenId: tokenId && sanitizeId(tokenId),
    clientAddress: request.getClientAddress?.(),
    method,
    route: routePattern,
    operation: operationName && sanitizeName(operationName),
    asked: operationInfo.rootFields,
    refused: operationInfo.deniedCoordinates,
    added: isBatch ? undefined : addedBookIds,
    addedCount: isBatch ? addedBookIds.length : undefined,
    firstAdded: isBatch ? addedBookIds[0] : undefined,
    lastAdded: isBatch ? addedBookIds.at(-1) : undefined,
    code: operationInfo.errorCode,
    reason: operationInfo.reason,
    status,
  }
}
