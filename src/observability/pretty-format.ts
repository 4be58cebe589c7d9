import { styleText } from 'node:util'
import { prettyFactory } from 'pino-pretty'
import type { AuditEntry } from './audit-log.ts'

/** The members of a finished request's log line that are shown. */
type RequestLine = {
  readonly status: number
  readonly ms: number
  readonly missing?: readonly string[]
} & { readonly [name in 'method' | 'path' | 'client' | 'operation' | 'code' | 'reason']?: string }

const formatOther = prettyFactory({
  translateTime: 'SYS:HH:MM:ss',
  singleLine: true,
  errorProps: '*',
  // pino-pretty's default also colors the output of a CI job.
  colorize: process.stdout.isTTY && process.stdout.hasColors(),
})

/** Replaces control characters, which could change the terminal or forge a line. Only a stack has line breaks. */
const replaceControlCharacters = (key: string, value: unknown) =>
  typeof value === 'string'
    ? value.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) =>
        key === 'stack' && character === '\n' ? character : '?',
      )
    : value

/** Formats one line of the logger for reading. Colors are used on a terminal only, and not with NO_COLOR. */
export function formatLogLine(json: string): string {
  const { err, ...line } = JSON.parse(json, replaceControlCharacters)
  if (line.msg === 'request') return `${formatRequest(line)}\n`
  if (!err?.stack) return formatOther(err ? { ...line, err } : line)
  const { type, message, stack, ...details } = err
  // Printed once: the stack starts with the message.
  const frames = message === line.msg ? stack.replace(`${type}: ${message}\n`, '') : stack
  return formatOther({ ...line, ...details, type: 'Error', stack: frames })
}

/** Formats a finished request, such as `403 POST /graphql fakebook-cron needs fakebookapi.admin 14 ms`. */
function formatRequest({ status, method, path, client, operation, missing, code, reason, ms }: RequestLine) {
  const color = status < 400 ? 'green' : status < 500 ? 'yellow' : 'red'
  const problem = missing ? `needs ${missing.join(' ')}` : joinWords(code, reason)
  const duration = styleText('dim', `${ms < 1 ? ms : Math.round(ms)} ms`)
  return joinWords(styleText(color, String(status)), method, path, client, operation, problem, duration)
}

/** Formats an entry of the audit log, such as `audit: write fakebook-cron Mutation.addBooks added 500 books`. */
export function formatAuditEntry(entry: AuditEntry): string {
  const { event, subject, client, asked, refused, added, addedCount, code, reason } = entry
  const label = styleText('dim', `audit: ${event}`)
  const via = client !== subject && client && `(${client})`
  const books = added?.length ? `added ${added.join(' ')}` : addedCount && `added ${addedCount} books`
  return joinWords(label, subject, via, ...(refused ?? asked ?? []), books, code, reason)
}

const joinWords = (...words: readonly (string | number | false | undefined)[]) =>
  words.filter(Boolean).join(' ')
