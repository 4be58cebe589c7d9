import type { Contestant } from './measure.ts'
import { median, medianRatio } from './statistics.ts'
import type { Measured } from './tables.ts'

/** Returns all rows in one table: CPU of each server, and what part of a peer's CPU ours takes. */
export function summary(measured: readonly Measured[]): string {
  const shown = [
    ...new Map(
      measured.flatMap(({ contestants }) => contestants.map(({ server }) => [server.row.name, server.row])),
    ).values(),
  ]
  const head = ['CPU µs/request (this project’s by it)', ...shown.map(({ short }) => short)]
  const lines = measured.map(({ row, contestants }) => [
    row.title,
    ...shown.map(({ name }) => cellOf(name, contestants)),
  ])
  return markdownTable([head, ...lines])
}

/** Returns a table in Markdown; the first line is its head, and all columns but the first are numbers. */
export function markdownTable([head = [], ...lines]: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function cellOf(name: string, contestants: readonly Contestant[]): string {
  const cpusOf = (wanted: string) =>
    contestants.find(({ server }) => server.row.name === wanted)?.turns.map(({ cpu }) => cpu)
  const cpus = cpusOf(name)
  const ours = cpusOf('ours')
  if (cpus === undefined) return ''
  const own = median(cpus).toFixed(1)
  return ours === undefined || name === 'ours' ? own : `${own} (${medianRatio(ours, cpus).toFixed(2)})`
}
