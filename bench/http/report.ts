import { availableParallelism } from 'node:os'
import type { Contestant, Turn } from './measure.ts'
import type { Options } from './options.ts'
import { median, medianRatio } from './statistics.ts'
import { markdownTable, summary } from './summary.ts'
import type { Measured } from './tables.ts'

const HEAD = ['server', 'CPU µs/request', 'range', 'CPU ratio', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MB']

/** Returns the whole report as Markdown: all rows in short, then a table for each, medians over the rounds. */
export function report(measured: readonly Measured[], options: Options): string {
  return [conditions(options), summary(measured), ...measured.map(tableOf)].join('\n\n')
}

/** Returns a sentence on how it was measured. */
export function conditions({ rounds, seconds, connections }: Options): string {
  const parts = [
    `Node ${process.version}, ${availableParallelism()} cores (the load generator has one of them)`,
    `${rounds} rounds, a turn of ${seconds} s for each server in each`,
    `${connections} connections`,
  ]
  return `${parts.join('; ')}. Medians over the rounds.`
}

/** Returns a sentence for each server that was perhaps faster than the load generator. */
export function doubts(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ row, contestants }) =>
    contestants
      .filter(({ turns }) => medianOf(turns, 'generator') > 0.9)
      .map(
        ({ server }) =>
          `${row.title}, ${server.row.name}: the load generator was at its limit; trust the CPU alone`,
      ),
  )
}

function tableOf({ row, contestants }: Measured): string {
  const base = contestants.find(({ server }) => server.row.name === row.baseline)
  const lines = contestants.map((contestant) => tableRow(contestant, base))
  const title = row.connections === undefined ? row.title : `${row.title} (${row.connections} connections)`
  return [
    `### ${title}`,
    markdownTable([HEAD, ...lines]),
    ...shedBy(contestants),
    ...aheadOf(contestants),
  ].join('\n\n')
}

function tableRow({ server, turns }: Contestant, base: Contestant | undefined): string[] {
  const cpus = cpusOf(turns)
  return [
    server.row.title,
    median(cpus).toFixed(1),
    `${Math.min(...cpus).toFixed(1)} to ${Math.max(...cpus).toFixed(1)}`,
    base === undefined ? '' : medianRatio(cpus, cpusOf(base.turns)).toFixed(2),
    medianOf(turns, 'perSecond').toFixed(0),
    medianOf(turns, 'p50').toFixed(2),
    medianOf(turns, 'p99').toFixed(2),
    medianOf(turns, 'resident').toFixed(0),
  ]
}

/** A sentence for each server that refused some requests: their cost is in the CPU of the others. */
function shedBy(contestants: readonly Contestant[]): string[] {
  return contestants.flatMap(({ server, turns }) => {
    const shed = turns.reduce((sum, turn) => sum + turn.shed, 0)
    const served = turns.reduce((sum, turn) => sum + turn.requests, 0)
    if (shed === 0) return []
    return [
      `${server.row.short} had enough at times, and refused ${shed} requests beside ${served} that it served.`,
    ]
  })
}

/** A sentence for each peer that takes less CPU than ours for the same. */
function aheadOf(contestants: readonly Contestant[]): string[] {
  const ours = contestants.find(({ server }) => server.row.name === 'ours')
  if (ours === undefined) return []
  const own = cpusOf(ours.turns)
  return contestants.flatMap(({ server, turns }) => {
    const cpus = cpusOf(turns)
    const ratio = medianRatio(cpus, own)
    if (server === ours.server || ratio >= 1) return []
    const rounds = cpus.filter((cpu, round) => cpu < (own[round] ?? 0)).length
    return [
      `${server.row.short} is ahead of this project here: it takes ${ratio.toFixed(2)} of its CPU, ` +
        `and less than it in ${rounds} of ${cpus.length} rounds.`,
    ]
  })
}

function cpusOf(turns: readonly Turn[]): number[] {
  return turns.map(({ cpu }) => cpu)
}

function medianOf(turns: readonly Turn[], column: keyof Turn): number {
  return median(turns.map((turn) => turn[column]))
}
