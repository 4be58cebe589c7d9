import { styleText } from 'node:util'
import type { ReportLine } from './run-checks.ts'

const MARKS = {
  ok: { mark: '✓', color: 'green' },
  failed: { mark: '✗', color: 'red' },
  warning: { mark: '!', color: 'yellow' },
  skipped: { mark: '–', color: 'gray' },
} as const satisfies Record<ReportLine['status'], object>

/**
 * Formats a report for standard output: one line per check, fixes below it, and the totals at the end. Colors it on a
 * terminal, subject to `NO_COLOR` and `FORCE_COLOR`.
 */
export function formatReport(lines: readonly ReportLine[]): string {
  const width = Math.max(...lines.map((line) => line.check.length)) + 2
  const indent = ' '.repeat(width + 2)
  const text = lines.map(({ id, check, status, found, mend, where }) => {
    const { mark, color } = MARKS[status]
    const heading = `${styleText(color, mark)} ${styleText('bold', check)}${' '.repeat(width - check.length)}`
    if (mend === undefined) return `${heading}${found}`
    const consolePath = where === undefined ? '' : `\n${indent}Where: ${where}`
    return `${heading}${found} (${id})\n${indent}Fix: ${mend}${consolePath}`
  })
  return `${text.join('\n')}\n\n${formatTotals(lines)}`
}

function formatTotals(lines: readonly ReportLine[]): string {
  const count = (status: ReportLine['status']) => lines.filter((line) => line.status === status).length
  const warnings = count('warning')
  const warningTotal = warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ` : ''
  return `${count('ok')} ok, ${count('failed')} failed, ${warningTotal}${count('skipped')} skipped.`
}
