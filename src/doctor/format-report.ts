import { styleText } from 'node:util'
import type { Line, Status } from './report-line.ts'

const MARKS = {
  ok: ['✓', 'green'],
  failed: ['✗', 'red'],
  warning: ['!', 'yellow'],
  skipped: ['–', 'gray'],
} as const satisfies Record<Status, readonly [string, string]>

/** Colours a word; on a stream without colours it gives the word back. */
export type Paint = (colour: (typeof MARKS)[Status][1] | 'bold', text: string) => string
/** As the terminal, NO_COLOR and FORCE_COLOR say. */
export const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (colour, text) =>
    styleText(colour, text, { stream })

/** The report for people: a line for each check, below it what to do and where, and at the end how many went how. */
export function inLines(lines: readonly Line[], paint: Paint): readonly string[] {
  const width = Math.max(...lines.map((line) => line.check.length)) + 2
  const below = ' '.repeat(width + 2)
  return [
    ...lines.flatMap(({ id, check, status, found, mend, where }) => {
      const [mark, colour] = MARKS[status]
      return [
        `${paint(colour, mark)} ${paint('bold', check)}${' '.repeat(width - check.length)}${found}${mend ? ` (${id})` : ''}`,
        ...(mend ? [`${below}Mend: ${mend}`] : []),
        ...(where ? [`${below}Where: ${where}`] : []),
      ]
    }),
    '',
    summary(lines),
  ]
}

function summary(lines: readonly Line[]): string {
  const count = (status: Status) => lines.filter((line) => line.status === status).length
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
export const exitStatus = (lines: readonly Line[]) => (lines.some((line) => line.status === 'failed') ? 1 : 0)
