import { type Options, SingleBar } from 'cli-progress'
import type { Clock } from '../../lib/clock.ts'
import type { Tally } from './import-stats.ts'

export type ProgressOptions = {
  readonly label: string
  /** Bytes in all; undefined when nobody can tell. */
  readonly size: number | undefined
  readonly tally: Tally
  readonly clock: Clock
  /** Prints a line for programs, every second; undefined: none watches. */
  readonly print: ((line: string) => void) | undefined
}

const EVERY = 1_000

const KNOWN = '{label} [{bar}] {percentage}% | {stored} books, {rate}/s, {left} left'
const UNKNOWN = '{label} | {stored} books, {rate}/s'

/** Tells how far an import is until it is stopped: as a bar where a person watches, as lines where a program does. */
export function startProgress({ label, size, tally, clock, print }: ProgressOptions): { stop: () => void } {
  const started = clock.elapsed()
  const bar = process.stderr.isTTY ? startBar(label, size, tally) : undefined
  let cancel = clock.after(EVERY, tick)

  function tick(): void {
    const seconds = (clock.elapsed() - started) / 1_000
    print?.(JSON.stringify({ event: 'progress', ...tally, size, seconds }))
    const rate = Math.round(tally.stored / seconds)
    const left = size && tally.bytes ? `${Math.ceil(seconds * Math.max(0, size / tally.bytes - 1))} s` : '…'
    bar?.update(Math.min(tally.bytes, size ?? 0), { stored: tally.stored, rate, left })
    cancel = clock.after(EVERY, tick)
  }

  return {
    stop() {
      cancel()
      bar?.stop()
    },
  }
}

function startBar(label: string, size: number | undefined, { stored }: Tally): SingleBar {
  const format = size === undefined ? UNKNOWN : KNOWN
  const options: Options = { stream: process.stderr, format, hideCursor: true, clearOnComplete: true }
  const bar = new SingleBar(options)
  bar.start(size ?? 0, 0, { label, stored, rate: 0, left: '…' })
  return bar
}
