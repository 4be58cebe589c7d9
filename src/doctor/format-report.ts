import { styleText } from 'node:util'
import type { CheckStatus, ReportLine } from './report-line.ts'

const MARKS = {
  ok: { mark: '✓', color: 'green' },
  failed: { mark: '✗', color: 'red' },
  warning: { mark: '!', color: 'yellow' },
  skipped: { mark: '–', color: 'gray' },
} as const satisfies Record<CheckStatus, object>

/** Colors a text for the terminal, or returns it unchanged. */
export type Colorize = (color: (typeof MARKS)[CheckStatus]['color'] | 'bold', text: string) => string

/** Returns a `Colorize` that respects the stream, `NO_COLOR` and `FORCE_COLOR`. */
export const createColorize =
  (stream: NodeJS.WriteStream): Colorize =>
  (color, text) =>
    styleText(color, text, { stream })

/** Formats a report for a terminal: one line per check, fixes below it, and the totals at the end. */
export function formatReport(lines: readonly ReportLine[], colorize: Colorize): readonly string[] {
  const width = Math.max(...lines.map((line) => line.check.length)) + 2
  const indent = ' '.repeat(width + 2)
  return [
    ...lines.flatMap(({ id, check, status, found, mend, where }) => {
      const { mark, color } = MARKS[status]
      return [
        `${colorize(color, mark)} ${colorize('bold', check)}${' '.repeat(width - check.length)}${found}${mend ? ` (${id})` : ''}`,
        ...(mend ? [`${indent}Fix: ${mend}`] : []),
        ...(where ? [`${indent}Where: ${where}`] : []),
      ]
    }),
    '',
    formatTotals(lines),
  ]
}

function formatTotals(lines: readonly ReportLine[]): string {
  const count = (status: CheckStatus) => lines.filter((line) => line.status === status).length
  const warnings = count('warning')
  const totals = [
    `${count('ok')} ok`,
    `${count('failed')} failed`,
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    `${count('skipped')} skipped`,
  ]
  return `${totals.join(', ')}.`
}

/** Returns 1 if a check failed, else 0. */
export const computeExitStatus = (lines: readonly ReportLine[]) =>
  lines.some((line) => line.status === 'failed') ? 1 : 0
