import { closeSync, openSync } from 'node:fs'
import { ExitError } from '../errors/exit-error.ts'
import type { RequestEvent } from '../lib/http-messages.ts'
import { sanitizeId, sanitizeName } from '../lib/redact.ts'
import { writeFully } from './write-fully.ts'

/** The audit log's file cannot be opened. The message is one line with the cause and the setting to check. */
class AuditLogError extends ExitError {
  override readonly name = 'AuditLogError'
}

const STANDARD_STREAMS = new Map(Object.entries({ stdout: 1, stderr: 2 }))
const FILE_MODE = 0o600
/** POSIX: a write of up to PIPE_BUF bytes to a pipe is not interleaved with those of other processes. */
const PIPE_BUF = 4_096
const REFUSED_STATUSES: ReadonlySet<number> = new Set([401, 403, 429])
const REFUSED_CODES: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'LIMIT_EXCEEDED'])
/** A larger batch is recorded by its size and its ends, so that its line stays below PIPE_BUF. */
const MAX_LISTED_BOOKS = 10

/**
 * Opens the audit log: one JSON line for every write and every refused request. The line of a write is handed to the operating
 * system before `recordRequest` returns, so that it survives a crash. Refused requests are cheap to send in great number;
 * their lines are written together, at the end of the event loop's turn or in front of the next write.
 * @param target a file, which is appended to and reopened on SIGHUP, or `stdout`, `stderr` or `off`
 * @param logError called when a line cannot be written; the request itself is not affected
 * @param format formats the lines of a standard stream; those of a file are JSON
 * @throws AuditLogError when the file cannot be opened
 */
export function openAuditLog(
  target: string,
  logError: (error: unknown) => void,
  format: (entry: AuditEntry) => string = JSON.stringify,
) {
  if (target === 'off') return { recordRequest(_event: RequestEvent) {}, close() {} }
  const isFile = isAuditLogFile(target)
  const formatLine = isFile ? JSON.stringify : format
  let fd = STANDARD_STREAMS.get(target) ?? openFile(target)
  let pending = ''
  /** Opens the file again after logrotate has renamed it. Keeps the old one if that fails. */
  function reopen(): void {
    try {
      const next = openFile(target)
      closeSync(fd)
      fd = next
    } catch (error) {
      logError(error)
    }
  }
  function flush(): void {
    if (pending === '') return
    const lines = pending
    pending = ''
    try {
      writeFully(fd, lines)
    } catch (error) {
      logError(error)
    }
  }
  if (isFile) process.on('SIGHUP', reopen)
  process.on('exit', flush)
  return Object.freeze({
    recordRequest(event: RequestEvent) {
      const type = auditEventType(event)
      if (type === undefined) return
      const line = `${formatLine(createEntry(type, event))}\n`
      if (Buffer.byteLength(pending) + Buffer.byteLength(line) > PIPE_BUF) flush()
      if (pending === '' && type === 'refused') setImmediate(flush)
      pending += line
      if (type === 'write') flush()
    },
    close() {
      process.off('exit', flush)
      process.off('SIGHUP', reopen)
      flush()
      if (isFile) closeSync(fd)
    },
  })
}

/** Returns true for a file, which can be rotated. */
export const isAuditLogFile = (target: string) => target !== 'off' && !STANDARD_STREAMS.has(target)

function openFile(path: string): number {
  try {
    return openSync(path, 'a', FILE_MODE)
  } catch (error) {
    throw new AuditLogError(`The audit log cannot be opened: ${(error as Error).message}. Check AUDIT_LOG.`)
  }
}

function auditEventType({ status, operationInfo }: RequestEvent): 'write' | 'refused' | undefined {
  const { deniedCoordinates, errorCode, operationType } = operationInfo
  if (deniedCoordinates !== undefined || REFUSED_STATUSES.has(status)) return 'refused'
  if (errorCode !== undefined && REFUSED_CODES.has(errorCode)) return 'refused'
  return operationType === 'mutation' ? 'write' : undefined
}

/** The members of a line of the audit log. */
export type AuditEntry = ReturnType<typeof createEntry>

function createEntry(event: 'write' | 'refused', request: RequestEvent) {
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
