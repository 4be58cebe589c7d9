import type { Options } from '../options.ts'
import { conditions } from '../report.ts'
import { markdownTable } from '../summary.ts'
import { withBenchIssuer } from '../token.ts'
import { costGoals } from './costs.ts'
import { paceGoal } from './pace.ts'
import { startGoal } from './starts.ts'

/** Measures what was set as a goal, and returns a table of it. `tell` gets a line for each round. */
export function goals(options: Options, tell: (line: string) => void): Promise<string> {
  return withBenchIssuer(async (issuer) => {
    const found = [
      ...(await costGoals(issuer, options, tell)),
      await paceGoal(issuer, options, tell),
      await startGoal(issuer, options, tell),
    ]
    const lines = found.map(({ what, goal, measured, met }) => [what, goal, measured, met ? 'met' : 'missed'])
    const table = markdownTable([['', 'goal', 'measured', 'it is'], ...lines])
    const met = found.filter((one) => one.met).length
    return [conditions(options), table, `${met} of ${found.length} goals are met.`].join('\n\n')
  })
}
