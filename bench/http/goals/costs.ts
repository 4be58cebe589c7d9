import { withServers } from '../child.ts'
import { type Contestant, createContestant, takeTurns } from '../measure.ts'
import { type Options, rowNamed } from '../options.ts'
import { serverNamed } from '../servers.ts'
import { median, medianRatio } from '../statistics.ts'
import type { BenchIssuer } from '../token.ts'
import { type Goal, goalOf } from './goal.ts'

const PEERS = { 'apollo-standalone': 0.3, mercurius: 1 } as const
const REFUSALS = ['no-scope', 'no-token', 'bad-signature']
const RESIDENT_MEGABYTES = 200

/** What one book costs beside the peers, what a refusal costs beside it, and how large the server is meanwhile. */
export async function costGoals(
  issuer: BenchIssuer,
  options: Options,
  tell: (line: string) => void,
): Promise<Goal[]> {
  const names = ['ours', ...Object.keys(PEERS)]
  return withServers(names.map(serverNamed), issuer.issuer, async ([ours, ...peers]) => {
    if (ours === undefined) throw new Error('No server was started')
    const book = rowNamed('book')
    const askBook = await book.asks(issuer)
    const served = createContestant(ours, book, askBook)
    const beside = peers.map((peer) => createContestant(peer, book, askBook))
    const refused: Contestant[] = []
    for (const row of REFUSALS.map(rowNamed))
      refused.push(createContestant(ours, row, await row.asks(issuer)))
    await takeTurns([served, ...beside, ...refused], options, (line) => tell(`costs: ${line}`))
    return [
      ...beside.map((peer) => besideGoal(served, peer)),
      ...refused.map((one) => refusalGoal(one, served)),
      residentGoal(served),
    ]
  })
}

function besideGoal(served: Contestant, peer: Contestant): Goal {
  const { name, short } = peer.server.row
  const most = Object.entries(PEERS).find(([known]) => known === name)?.[1] ?? Number.NaN
  return goalOf(
    `${served.row.title}: CPU of this project by that of ${short}`,
    medianRatio(cpusOf(served), cpusOf(peer)),
    ['at most', most],
    { beside: besideOf(served, peer) },
  )
}

function refusalGoal(refused: Contestant, served: Contestant): Goal {
  return goalOf(
    `${refused.row.title}: CPU by that of one book`,
    medianRatio(cpusOf(refused), cpusOf(served)),
    ['under', 1],
    { beside: besideOf(refused, served) },
  )
}

function residentGoal({ row, turns }: Contestant): Goal {
  const resident = median(turns.map((turn) => turn.resident))
  return goalOf(`${row.title}: resident at peak load`, resident, ['under', RESIDENT_MEGABYTES], {
    digits: 0,
    unit: ' MB',
  })
}

function besideOf(one: Contestant, other: Contestant): string {
  return ` (${median(cpusOf(one)).toFixed(1)} to ${median(cpusOf(other)).toFixed(1)} µs)`
}

function cpusOf({ turns }: Contestant): number[] {
  return turns.map(({ cpu }) => cpu)
}
