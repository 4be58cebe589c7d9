import { styleText } from 'node:util'
import type { CheckStatus, ReportLine } from './report-line.ts'

const MARKS = {
  ok: ['✓', 'green'],
  failed: ['✗', 'red'],
  warning: ['!', 'yellow'],
  skipped: ['–', 'gray'],
} as const satisfies Record<CheckStatus, readonly [string, string]>

/** Colours a word; on a stream without colours it gives the word back. */
export type Colorize = (colour: (typeof MARKS)[CheckStatus][1] | 'bold', text: string) => string
/** As the terminal, NO_COLOR and FORCE_COLOR say. */
export const createColorize =
  (stream: NodeJS.WriteStream): Colorize =>
  (colour, text) =>
    styleText(colour, text, { stream })

/** The report for people: a line for each check, below it what to do and where, and at the end how many went how. */
export function formatReport(lines: readonly ReportLine[], colorize: Colorize): readonly string[] {
  const width = Math.max(...lines.map((line) => line.check.length)) + 2
  const below = ' '.repeat(width + 2)
  return [
    ...lines.flatMap(({ id, check, status, found, mend, where }) => {
      const [mark, colour] = MARKS[status]
      return [
        `${colorize(colour, mark)} ${colorize('bold', check)}${' '.repeat(width - check.length)}${found}${mend ? ` (${id})` : ''}`,
        ...(mend ? [`${below}Mend: ${mend}`] : []),
        ...(where ? [`${below}Where: ${where}`] : []),
      ]
    }),
    '',
    summary(lines),
  ]
}

function summary(lines: readonly ReportLine[]): string {
  const count = (status: CheckStatus) => lines.filter((line) => line.status === status).length
  const warnings = count('warning')
  const parts = [
    `${count('ok')} fine`,
    `${count('failed')} wrong`,
    ...(warnings > 0 ? [`${warnings} to know of`] : []),
    `${count('skipped')} could not be looked at`,
  ]
  return `${parts.join(', ')}.`
}

/** 1 where something is wrong. */
export const computeExitStatus = (lines: readonly ReportLine[]) =>
  lines.some((line) => line.status === 'failed') ? 1 : 0
