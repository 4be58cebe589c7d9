import { SingleBar } from 'cli-progress'
import { type Clock, startInterval } from '../../lib/clock.ts'
import type { ImportStats } from './import-stats.ts'

type ProgressOptions = {
  readonly label: string
  /** Bytes in total; undefined for a stream. */
  readonly size: number | undefined
  readonly stats: ImportStats
  readonly clock: Clock
  readonly json: boolean
  /** Its abort stops the progress. */
  readonly signal: AbortSignal
}

const INTERVAL_MS = 1_000
/** Columns of the bar: with the name of a usual file, a line has at most 80. */
const BAR_SIZE = 20

const FORMAT_WITH_SIZE = '{label} [{bar}] {percentage}% | {stored} books, {rate}/s, {eta} s left'
const FORMAT_WITHOUT_SIZE = '{label} | {stored} books, {rate}/s'

/** Reports the progress of an import every second: as a bar on a terminal, as JSON lines for programs. */
export function startProgress({ label, size, stats, clock, json, signal }: ProgressOptions): () => void {
  const startedAt = clock.monotonicNow()
  const format = size === undefined ? FORMAT_WITHOUT_SIZE : FORMAT_WITH_SIZE
  // Does nothing unless standard error is a terminal.
  const bar = new SingleBar({
    stream: process.stderr,
    format,
    barsize: BAR_SIZE,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(size ?? 0, 0, { label, stored: 0, rate: 0 })

  const stopInterval = startInterval(clock, INTERVAL_MS, async () => {
    const seconds = (clock.monotonicNow() - startedAt) / 1_000
    if (json) console.log(JSON.stringify({ event: 'progress', ...stats, size, seconds }))
    const rate = Math.round(stats.stored / seconds)
    bar.update(Math.min(stats.bytes, size ?? 0), { stored: stats.stored, rate })
  })

  function stopProgress(): void {
    stopInterval()
    bar.stop()
  }
  signal.addEventListener('abort', stopProgress)
  return stopProgress
}
