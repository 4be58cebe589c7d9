import { type Options, SingleBar } from 'cli-progress'
import type { Clock } from '../../lib/clock.ts'
import type { ImportStats } from './import-stats.ts'

export type ProgressOptions = {
  readonly label: string
  /** Bytes in all; undefined when nobody can tell. */
  readonly size: number | undefined
  readonly stats: ImportStats
  readonly clock: Clock
  /** Prints a line for programs, every second; undefined: none watches. */
  readonly printJsonLine: ((line: string) => void) | undefined
}

const EVERY = 1_000

const KNOWN = '{label} [{bar}] {percentage}% | {stored} books, {rate}/s, {left} left'
const UNKNOWN = '{label} | {stored} books, {rate}/s'

/** Tells how far an import is until it is stopped: as a bar where a person watches, as lines where a program does. */
export function startProgress({ label, size, stats, clock, printJsonLine }: ProgressOptions): {
  stop: () => void
} {
  const started = clock.monotonicNow()
  const bar = process.stderr.isTTY ? startBar(label, size, stats) : undefined
  let cancel = clock.schedule(EVERY, tick)

  function tick(): void {
    const seconds = (clock.monotonicNow() - started) / 1_000
    printJsonLine?.(JSON.stringify({ event: 'progress', ...stats, size, seconds }))
    const rate = Math.round(stats.stored / seconds)
    const left = size && stats.bytes ? `${Math.ceil(seconds * Math.max(0, size / stats.bytes - 1))} s` : '…'
    bar?.update(Math.min(stats.bytes, size ?? 0), { stored: stats.stored, rate, left })
    cancel = clock.schedule(EVERY, tick)
  }

  return {
    stop() {
      cancel()
      bar?.stop()
    },
  }
}

function startBar(label: string, size: number | undefined, { stored }: ImportStats): SingleBar {
  const format = size === undefined ? UNKNOWN : KNOWN
  const options: Options = { stream: process.stderr, format, hideCursor: true, clearOnComplete: true }
  const bar = new SingleBar(options)
  bar.start(size ?? 0, 0, { label, stored, rate: 0, left: '…' })
  return bar
}
