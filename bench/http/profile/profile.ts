import { withServers } from '../child.ts'
import { fillBooks } from '../fill.ts'
import { createContestant, takeTurn, warmUp } from '../measure.ts'
import type { Options } from '../options.ts'
import { rowNamed } from '../options.ts'
import { serverNamed } from '../servers.ts'
import { type BenchIssuer, withBenchIssuer } from '../token.ts'
import { FREQUENCY, NAMED, sampled } from './perf.ts'
import { type Counts, countSamples } from './samples.ts'
import { BACKGROUND, OTHER, stages } from './stages.ts'

/** One row's requests: what each took, by the clock of the system and by samples. */
interface Profile {
  readonly title: string
  readonly counts: Counts
  readonly requests: number
  /** Microseconds of CPU a request, from /proc, while it was sampled and before. */
  readonly whole: number
  readonly before: number
}

/**
 * Says where the time of our server's requests goes, for each row that was chosen, or for one book by id. perf samples the
 * server's stacks; each sample goes to the stage that stands innermost on its own. Returns Markdown.
 */
export function profile(options: Options, tell: (line: string) => void): Promise<string> {
  return withBenchIssuer(async (issuer) => {
    const tables: string[] = []
    for (const row of options.chosen ? options.rows : [rowNamed('book')]) {
      tell(`${row.title}: sampling`)
      tables.push(table(await profileRow(row, issuer, options)))
    }
    return tables.join('\n\n')
  })
}

function profileRow(row: Options['rows'][number], issuer: BenchIssuer, options: Options): Promise<Profile> {
  const ours = serverNamed('ours')
  const named = { ...ours, arguments: [NAMED, ...ours.arguments] }
  return withServers([named], issuer.issuer, async (running) => {
    const [server] = running
    if (server === undefined) throw new Error('our server is not among the servers')
    if (row.books !== undefined) await fillBooks(running, row.books, issuer)
    const contestant = createContestant(server, row, await row.asks(issuer))
    await contestant.check()
    await warmUp(contestant, options)
    const before = await takeTurn(contestant, options)
    let during = before
    const printed = await sampled(server.pid, async () => {
      during = await takeTurn(contestant, options)
    })
    const { requests, cpu } = during
    return { title: row.title, counts: countSamples(printed), requests, whole: cpu, before: before.cpu }
  })
}

function table({ title, counts, requests, whole, before }: Profile): string {
  const microseconds = (name: string) => ((counts.get(name) ?? 0) * 1e6) / FREQUENCY / requests
  const names = [...stages.map(({ name }) => name), BACKGROUND, OTHER]
  const sum = names.reduce((all, name) => all + microseconds(name), 0)
  const rows = names.map((name) => [name, microseconds(name)] as const).sort(([, a], [, b]) => b - a)
  const lines = [...rows, ['sum of the stages', sum] as const].map(
    ([name, took]) => `| ${name} | ${took.toFixed(1)} | ${((100 * took) / sum).toFixed(0)} % |`,
  )
  const words =
    `By the system’s own clock a request took ${whole.toFixed(1)} µs while it was sampled (the sum is ` +
    `${((100 * sum) / whole).toFixed(0)} % of that) and ${before.toFixed(1)} µs before.`
  return [
    `### ${title}`,
    '',
    '| stage | µs/request | share |',
    '| --- | ---: | ---: |',
    ...lines,
    '',
    words,
  ].join('\n')
}
