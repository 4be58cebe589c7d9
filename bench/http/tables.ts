import { availableParallelism } from 'node:os'
import { type BenchIssuer, withIssuer } from '../support/issuer.ts'
import { log, markdownTable } from '../support/report.ts'
import { type ServerCommand, withServers } from '../support/server-process.ts'
import { median, roundRatios } from '../support/statistics.ts'
import { addBooks, Contestant, type MeasureOptions, takeTurns } from './measure.ts'
import { GRAPHQL_PEERS, type RequestRow } from './rows.ts'

interface Measurement {
  readonly row: RequestRow
  readonly contestants: readonly Contestant[]
}

/** Measures rows on servers, turn by turn, and returns the report in Markdown. Each row has new server processes. */
export async function reportTables(
  rows: readonly RequestRow[],
  servers: readonly ServerCommand[],
  options: MeasureOptions,
): Promise<string> {
  const measurements = await withIssuer(async (issuer) => {
    const measured: Measurement[] = []
    for (const row of rows) measured.push(await measureRow(row, servers, issuer, options))
    return measured
  })
  const parts = [describeConditions(options), formatSummary(measurements, servers)]
  return [...parts, ...measurements.map(formatRow)].join('\n\n')
}

/** Describes how the figures of a report were measured. */
export function describeConditions({ rounds, seconds, connections }: MeasureOptions): string {
  const parts = [
    `Node ${process.version}, ${availableParallelism()} cores (the load generator has one of them)`,
    `${rounds} rounds, a turn of ${seconds} s for each server in each`,
    `${connections} connections`,
  ]
  return `${parts.join('; ')}. Medians over the rounds.`
}

async function measureRow(
  row: RequestRow,
  servers: readonly ServerCommand[],
  issuer: BenchIssuer,
  options: MeasureOptions,
): Promise<Measurement> {
  log(row.title)
  const requestAt = await row.prepare(issuer)
  const names = ['ours', 'beside', ...(row.peers ?? GRAPHQL_PEERS)]
  const commands = servers.filter(({ name }) => names.includes(name))
  return withServers(commands, issuer.url, async (started) => {
    await addBooks(started, row, issuer)
    const contestants = started.map((server) => new Contestant(server, row, requestAt))
    await takeTurns(contestants, options)
    return { row, contestants }
  })
}

/** Formats the CPU of all servers in one table, with this project's CPU divided by theirs in brackets. */
function formatSummary(measurements: readonly Measurement[], servers: readonly ServerCommand[]): string {
  const rows = measurements.map(({ row, contestants }) => {
    const cells = servers.map(({ name, title }) => {
      const contestant = contestants.find(({ server }) => server.command.name === name)
      const ratios = contestant ? ratiosTo(contestants, contestant) : []
      const ratio = ratios.length > 0 ? ` (${median(ratios).toFixed(2)})` : ''
      return [title, contestant ? `${contestant.median('cpuPerRequest').toFixed(1)}${ratio}` : '']
    })
    return { 'CPU µs/request (this project’s by it)': row.title, ...Object.fromEntries(cells) }
  })
  return markdownTable(rows)
}

/** Divides this project's CPU by a contestant's, round by round. */
function ratiosTo(contestants: readonly Contestant[], contestant: Contestant): number[] {
  const ours = contestants.find(({ server }) => server.command.name === 'ours')
  if (!ours || ours === contestant) return []
  return roundRatios(ours.values('cpuPerRequest'), contestant.values('cpuPerRequest'))
}

function formatRow({ row, contestants }: Measurement): string {
  const lines = contestants.map((contestant) => {
    const ratios = ratiosTo(contestants, contestant)
    return {
      server: contestant.server.command.title,
      'CPU µs/request': contestant.median('cpuPerRequest').toFixed(1),
      range: formatRange(contestant.values('cpuPerRequest'), 1),
      'CPU ratio': ratios.length > 0 ? median(ratios).toFixed(2) : '',
      'range of the ratio': formatRange(ratios, 2),
      'requests/s': contestant.median('perSecond').toFixed(0),
      'p50 ms': contestant.median('p50Ms').toFixed(2),
      'p99 ms': contestant.median('p99Ms').toFixed(2),
      'RSS MB': contestant.median('residentMb').toFixed(0),
      'shed/s': contestant.median('shedPerSecond').toFixed(0),
      'generator, cores': contestant.median('generatorCores').toFixed(2),
    }
  })
  const title = row.connections === undefined ? row.title : `${row.title} (${row.connections} connections)`
  return `### ${title}\n\n${markdownTable(lines)}`
}

function formatRange(values: readonly number[], digits: number): string {
  if (values.length === 0) return ''
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`
}
