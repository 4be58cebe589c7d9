import { cpus, release } from 'node:os'
import { type BenchIssuer, withIssuer } from '../support/issuer.ts'
import { canPin, SERVER_CORE } from '../support/pinning.ts'
import { log, markdownTable } from '../support/report.ts'
import { API_NAME, type ServerCommand, withServers } from '../support/server-process.ts'
import { median, roundRatios } from '../support/statistics.ts'
import { WRK_VERSION } from '../support/wrk.ts'
import { withDatabases } from './databases.ts'
import {
  addBooks,
  MeasuredServer,
  type MeasureOptions,
  MIN_WARM_UP_SECONDS,
  measureInterleaved,
} from './measure.ts'
import { GRAPHQL_PEERS, type RequestRow } from './rows.ts'
import { OTHER_CHECKOUT_NAME, pinned } from './servers.ts'

export interface MeasuredRow {
  readonly row: RequestRow
  readonly servers: readonly MeasuredServer[]
}

/** Measures rows on servers, and returns the report in Markdown. Each row has new server processes. */
export async function reportTables(
  rows: readonly RequestRow[],
  servers: readonly ServerCommand[],
  options: MeasureOptions,
): Promise<string> {
  const measuredRows = await withIssuer(async (issuer) => {
    const measured: MeasuredRow[] = []
    for (const row of rows) measured.push(await measureRow(row, servers, issuer, options))
    return measured
  })
  const parts = [describeConditions(options), formatSummary(measuredRows, servers)]
  return [...parts, ...measuredRows.map(formatRow)].join('\n\n')
}

/** Describes how the figures of a report were measured. */
export function describeConditions({ rounds, seconds, connections }: MeasureOptions): string {
  const { model = 'unknown' } = cpus()[0] ?? {}
  const parts = [
    `${model.trim()}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`,
    canPin
      ? `the server has core ${SERVER_CORE}, the load generator the other`
      : 'nothing is pinned: taskset or a second core is missing',
    WRK_VERSION ?? 'load from Node, since wrk is not installed',
    `${connections} connections`,
    `warm-up until steady, at least ${MIN_WARM_UP_SECONDS} s, then ${rounds} rounds, each server for ${seconds} s in each`,
  ]
  return `${parts.join('; ')}. Medians over the rounds.`
}

/** Measures one row on its servers among the commands, each in a new process. */
export async function measureRow(
  row: RequestRow,
  servers: readonly ServerCommand[],
  issuer: BenchIssuer,
  options: MeasureOptions,
): Promise<MeasuredRow> {
  log(row.title)
  const template = await row.prepare(issuer)
  const names = [API_NAME, OTHER_CHECKOUT_NAME, ...(row.peers ?? GRAPHQL_PEERS)]
  const commands = servers.filter(({ name }) => names.includes(name))
  return withDatabases(commands.map(pinned), row.database, (prepared) =>
    withServers(prepared, issuer.url, async (started) => {
      await addBooks(started, row, issuer)
      const measured = started.map((server) => new MeasuredServer(server, row, template))
      await measureInterleaved(measured, options)
      return { row, servers: measured }
    }),
  )
}

/** Formats the CPU of all servers in one table, with this project's CPU divided by theirs in brackets. */
function formatSummary(measuredRows: readonly MeasuredRow[], commands: readonly ServerCommand[]): string {
  const rows = measuredRows.map(({ row, servers }) => {
    const cells = commands.map(({ name, title }) => {
      const measured = servers.find(({ server }) => server.command.name === name)
      const ratios = measured ? ratiosTo(servers, measured) : []
      const ratio = ratios.length > 0 ? ` (${median(ratios).toFixed(2)})` : ''
      return [title, measured ? `${measured.median('cpuPerRequest').toFixed(1)}${ratio}` : '']
    })
    return { 'CPU µs/request (this project’s by it)': row.title, ...Object.fromEntries(cells) }
  })
  return markdownTable(rows)
}

/** Divides this project's CPU by another server's, round by round. */
export function ratiosTo(servers: readonly MeasuredServer[], other: MeasuredServer): number[] {
  const api = servers.find(({ server }) => server.command.name === API_NAME)
  if (!api || api === other) return []
  return roundRatios(api.values('cpuPerRequest'), other.values('cpuPerRequest'))
}

function formatRow({ row, servers }: MeasuredRow): string {
  const lines = servers.map((measured) => {
    const ratios = ratiosTo(servers, measured)
    return {
      server: measured.server.command.title,
      'CPU µs/request': measured.median('cpuPerRequest').toFixed(1),
      range: formatRange(measured.values('cpuPerRequest'), 1),
      'CPU ratio': ratios.length > 0 ? median(ratios).toFixed(2) : '',
      'range of the ratio': formatRange(ratios, 2),
      'requests/s': measured.median('perSecond').toFixed(0),
      'p50 ms': measured.median('p50Ms').toFixed(2),
      'p99 ms': measured.median('p99Ms').toFixed(2),
      'RSS MB': measured.median('residentMb').toFixed(0),
      'shed/s': measured.median('shedPerSecond').toFixed(0),
      'server, cores': measured.median('serverCores').toFixed(2),
      'generator, cores': measured.median('generatorCores').toFixed(2),
    }
  })
  const title = row.connections === undefined ? row.title : `${row.title} (${row.connections} connections)`
  return `### ${title}\n\n${markdownTable(lines)}`
}

function formatRange(values: readonly number[], digits: number): string {
  if (values.length === 0) return ''
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`
}
