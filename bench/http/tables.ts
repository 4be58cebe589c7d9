import { withServers } from './child.ts'
import { fillBooks } from './fill.ts'
import { type Contestant, createContestant, takeTurns } from './measure.ts'
import type { Options } from './options.ts'
import { doubts, report } from './report.ts'
import type { RequestRow } from './rows/row.ts'
import { type BenchIssuer, withBenchIssuer } from './token.ts'

/** One row's servers, with a turn for each round. */
export interface Measured {
  readonly row: RequestRow
  readonly contestants: readonly Contestant[]
}

/**
 * Measures every row that was chosen and returns the report. `tell` gets a line for each round, and one for each doubt.
 * Throws at a wrong answer.
 */
export function tables(options: Options, tell: (line: string) => void): Promise<string> {
  return withBenchIssuer(async (issuer) => {
    const measured: Measured[] = []
    for (const row of options.rows) measured.push(await measureRow(row, issuer, options, tell))
    for (const doubt of doubts(measured)) tell(doubt)
    return report(measured, options)
  })
}

/** Each row has servers of its own: what one leaves in their memory is not in the next one's figures. */
async function measureRow(
  row: RequestRow,
  issuer: BenchIssuer,
  options: Options,
  tell: (line: string) => void,
): Promise<Measured> {
  const tellOfRow = (line: string) => tell(`${row.title}: ${line}`)
  tellOfRow('making what is asked')
  const askAt = await row.asks(issuer)
  const asked = options.servers.filter(({ name }) => row.servers.includes(name))
  return withServers(asked, issuer.issuer, async (running) => {
    if (row.books !== undefined) await fillBooks(running, row.books, issuer)
    const contestants = running.map((server) => createContestant(server, row, askAt))
    await takeTurns(contestants, options, tellOfRow)
    return { row, contestants }
  })
}
