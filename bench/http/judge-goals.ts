import { markdownTable } from '../support/report.ts'

/** A measured value, which must be below its bound. */
export interface Goal {
  readonly title: string
  readonly value: number
  readonly bound: number
  readonly digits?: number
  readonly unit?: string
  readonly note?: string
}

/** Compares each value with its bound. Returns the table of the goals, and whether all of them are met. */
export function judgeGoals(goals: readonly Goal[]) {
  const isMet = ({ value, bound }: Goal) => value < bound
  const rows = goals.map((goal) => {
    const { title, value, bound, digits = 2, unit = '', note = '' } = goal
    return {
      '': title,
      goal: `under ${bound.toFixed(digits)}${unit}`,
      measured: `${value.toFixed(digits)}${unit}${note}`,
      'it is': isMet(goal) ? 'met' : 'missed',
    }
  })
  const metCount = goals.filter(isMet).length
  const conclusion = `${metCount} of ${goals.length} goals are met.`
  return { text: `${markdownTable(rows)}\n\n${conclusion}`, areMet: metCount === goals.length }
}
