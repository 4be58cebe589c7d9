import { availableParallelism } from 'node:os'
import type { Measured, Turn } from './measure.ts'
import type { Options } from './options.ts'
import { baseline, servers } from './servers.ts'
import { median } from './statistics.ts'

const head = ['server', 'CPU µs/request', 'range', 'CPU ratio', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MB']

/** Returns the whole report as Markdown: a table for each request, medians over the rounds. */
export function report(measured: readonly Measured[], options: Options): string {
  const { rounds, seconds, connections } = options
  const conditions = [
    `Node ${process.version}, ${availableParallelism()} cores (the load generator has one of them)`,
    `${rounds} rounds, a turn of ${seconds} s for each server in each`,
    `${connections} connections`,
  ]
  return [`${conditions.join('; ')}. Medians over the rounds.`, ...measured.map(table)].join('\n\n')
}

/** Returns a sentence for each server that was perhaps faster than the load generator. */
export function doubts(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ request, turns }) =>
    [...turns]
      .filter(([, all]) => medianOf(all, 'generator') > 0.9)
      .map(([name]) => `${request.name}, ${name}: the load generator was at its limit; trust the CPU alone`),
  )
}

function table({ request, turns }: Measured): string {
  const base = turns.get(baseline)
  const rows = [...turns].map(([name, all]) => tableRow(name, all, base))
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
  return [`### ${request.name}`, '', ...lines.map((cells) => `| ${cells.join(' | ')} |`)].join('\n')
}

function tableRow(name: string, turns: readonly Turn[], base: readonly Turn[] | undefined): string[] {
  const cpus = turns.map((turn) => turn.cpu)
  const ratios = turns.map((turn, round) => turn.cpu / (base?.[round]?.cpu ?? Number.NaN))
  return [
    servers.find((row) => row.name === name)?.title ?? name,
    median(cpus).toFixed(1),
    `${Math.min(...cpus).toFixed(1)} to ${Math.max(...cpus).toFixed(1)}`,
    base === undefined ? '' : median(ratios).toFixed(2),
    medianOf(turns, 'perSecond').toFixed(0),
    medianOf(turns, 'p50').toFixed(2),
    medianOf(turns, 'p99').toFixed(2),
    medianOf(turns, 'resident').toFixed(0),
  ]
}

function medianOf(turns: readonly Turn[], column: keyof Turn): number {
  return median(turns.map((turn) => turn[column]))
}
