import { styleText } from 'node:util'
import { prettyFactory } from 'pino-pretty'
import type { AuditEntry } from './audit-log.ts'

/** The members of a finished request's log line that are shown. */
type RequestLine = {
  readonly status: number
  readonly method: string
  readonly path: string
  readonly client?: string
  readonly operation?: string
  readonly missing?: readonly string[]
  readonly code?: string
  readonly reason?: string
  readonly ms: number
}

const formatOther = prettyFactory({
  translateTime: 'SYS:HH:MM:ss',
  singleLine: true,
  // pino-pretty's default also colors the output of a CI job.
  colorize: process.stdout.isTTY && process.stdout.hasColors(),
})

/** Formats one line of the logger for reading. Colors are used on a terminal only, and not with NO_COLOR. */
export function formatLogLine(json: string): string {
  const line = JSON.parse(json)
  return line.msg === 'request' ? `${formatRequest(line)}\n` : formatOther(line)
}

/** Formats a finished request, such as `403 POST /graphql fakebook-cron needs fakebookapi.admin 14 ms`. */
function formatRequest({ status, method, path, client, operation, missing, code, reason, ms }: RequestLine) {
  const color = status < 400 ? 'green' : status < 500 ? 'yellow' : 'red'
  const problem = missing ? `needs ${missing.join(' ')}` : joinPresent(code, reason)
  const duration = `${ms < 1 ? ms : Math.round(ms)} ms`
  return joinPresent(
    styleText(color, String(status)),
    method,
    path,
    client,
    operation,
    problem,
    styleText('dim', duration),
  )
}

/** Formats an entry of the audit log, such as `audit: write by fakebook-cron Mutation.addBooks added 500 books`. */
export function formatAuditEntry(entry: AuditEntry): string {
  const { event, subject, client, asked, refused, added, addedCount, code, reason } = entry
  const books = added ? `added ${added.join(' ')}` : addedCount && `added ${addedCount} books`
  return joinPresent(
    styleText('dim', `audit: ${event}`),
    subject,
    client !== subject && client && `(${client})`,
    ...(refused ?? asked ?? []),
    books,
    code,
    reason,
  )
}

const joinPresent = (...words: readonly (string | number | false | undefined)[]) =>
  words.filter(Boolean).join(' ')
