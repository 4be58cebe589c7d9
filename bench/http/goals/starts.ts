import { withServers } from '../child.ts'
import type { Options } from '../options.ts'
import { serverNamed } from '../servers.ts'
import { median } from '../statistics.ts'
import type { BenchIssuer } from '../token.ts'
import { type Goal, goalOf } from './goal.ts'

const NAMES = ['ours', 'apollo-standalone', 'mercurius']
const MOST_SECONDS = 1.5

/** How long a start takes until the server is ready; the peers are ready once they answer, without the issuer's keys. */
export async function startGoal(
  issuer: BenchIssuer,
  { rounds }: Options,
  tell: (line: string) => void,
): Promise<Goal> {
  // The first question of this process takes longer than the others, and is nobody's start.
  await fetch(issuer.issuer).then((answer) => answer.text())
  const starts = NAMES.map((name) => ({ row: serverNamed(name), seconds: [] as number[] }))
  for (let round = 0; round < rounds; round++) {
    for (const { row, seconds } of starts)
      await withServers([row], issuer.issuer, async ([server]) => {
        if (server !== undefined) seconds.push(server.startMilliseconds / 1000)
      })
    tell(`starts: round ${round + 1} of ${rounds}`)
  }
  const [ours, ...peers] = starts
  const beside = peers.map(({ row, seconds }) => `${row.short} ${median(seconds).toFixed(2)} s`).join(', ')
  return goalOf('from start to ready', median(ours?.seconds ?? []), ['under', MOST_SECONDS], {
    unit: ' s',
    beside: ` (${beside})`,
  })
}
