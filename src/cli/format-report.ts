import { styleText } from 'node:util'
import { Help } from 'commander'
import type { ReportLine } from '../doctor/run-checks.ts'

type Status = ReportLine['status']

/** Colored on a terminal, subject to `NO_COLOR` and `FORCE_COLOR`. */
const MARKS: Readonly<Record<Status, string>> = {
  ok: styleText('green', '✓'),
  failed: styleText('red', '✗'),
  warning: styleText('yellow', '!'),
  skipped: styleText('gray', '–'),
}
/** Commander's help formatter, used for its `boxWrap`. */
const HELP = Object.assign(new Help(), { minWidthToWrap: 20 })

/**
 * Formats a report for standard output: what is in order, the totals, and at the end the problems with their fixes.
 * @param options.verbose lists the skipped checks, which otherwise have one line together
 * @param options.width columns at which lines are wrapped
 */
export function formatReport(
  lines: readonly ReportLine[],
  { verbose = false, width = 80 }: { readonly verbose?: boolean; readonly width?: number | undefined } = {},
): string {
  const nameWidth = Math.max(...lines.map((line) => line.check.length)) + 2
  const indent = ' '.repeat('✓ '.length + nameWidth)
  const wrap = (text: string) => HELP.boxWrap(text, width - indent.length).replaceAll('\n', `\n${indent}`)
  const formatCheck = ({ check }: ReportLine, text: string) => check.padEnd(nameWidth) + wrap(text)
  const withStatus = (status: Status) => lines.filter((line) => line.status === status)
  const formatLine = (line: ReportLine) => `${MARKS[line.status]} ${formatCheck(line, line.found)}`

  function formatProblem(line: ReportLine): string {
    const { id, status, found, mend, where } = line
    const heading = styleText('bold', formatCheck(line, `${found} (${id})`))
    const consolePath = where === undefined ? '' : `\n${indent}${wrap(`Where: ${where}`)}`
    return `${MARKS[status]} ${heading}\n${indent}${wrap(`Fix: ${mend}`)}${consolePath}`
  }

  const skipped = withStatus('skipped')
  const skippedLines = verbose ? skipped.map(formatLine) : summarizeSkipped(skipped, width)
  const checks = [...withStatus('ok').map(formatLine), ...skippedLines]
  const problems = [...withStatus('warning'), ...withStatus('failed')].map(formatProblem)
  return [checks.join('\n'), formatTotals(lines), ...problems].join('\n\n')
}

/** Returns one line for all skipped checks, or none. */
function summarizeSkipped(skipped: readonly ReportLine[], width: number): readonly string[] {
  if (skipped.length === 0) return []
  const checks = skipped.length === 1 ? 'check' : 'checks'
  const reasons = [...new Set(skipped.map(({ found }) => found))].join(' and ')
  const text = `${skipped.length} ${checks} skipped, since ${reasons} (--verbose lists them)`
  return [`${MARKS.skipped} ${HELP.boxWrap(text, width - 2).replaceAll('\n', '\n  ')}`]
}

function formatTotals(lines: readonly ReportLine[]): string {
  const count = (status: Status) => lines.filter((line) => line.status === status).length
  const warnings = count('warning')
  const warningTotal = warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ` : ''
  return `${count('ok')} ok, ${count('failed')} failed, ${warningTotal}${count('skipped')} skipped.`
}
