import { EventEmitter } from 'node:events'
import { expect, test } from '@jest/globals'
import { abortOnSignals } from '../../../src/clients/job/abort-on-signals.ts'
import { createImportStats } from '../../../src/clients/job/import-stats.ts'
import { startProgress } from '../../../src/clients/job/progress.ts'
import { createTestClock } from '../../support/test-clock.ts'

test('a line for programs every second, until it is stopped', async () => {
  const clock = createTestClock()
  const lines: unknown[] = []
  const tally = createImportStats()
  const print = (line: string) => lines.push(JSON.parse(line))
  const { stop } = startProgress({ label: 'b', size: 1_000, stats: tally, clock, printJsonLine: print })
  await clock.advance(999)
  expect(lines).toEqual([])
  tally.stored = 7
  await clock.advance(1_001)
  stop()
  await clock.advance(10_000)
  expect(lines).toEqual([
    expect.objectContaining({ event: 'progress', stored: 7, size: 1_000, seconds: 1 }),
    expect.objectContaining({ event: 'progress', stored: 7, size: 1_000, seconds: 2 }),
  ])
})

test('a signal that npm passes on is the one that the terminal sent; the next one ends at once', async () => {
  const clock = createTestClock()
  const stop = new AbortController()
  const signals = new EventEmitter()
  const ended: string[] = []
  const told: string[] = []
  const tell = (words: string) => told.push(words)
  abortOnSignals({
    abortController: stop,
    clock,
    report: tell,
    signalEmitter: signals,
    terminate: (signal) => ended.push(signal),
  })
  signals.emit('SIGINT', 'SIGINT')
  signals.emit('SIGINT', 'SIGINT')
  expect([stop.signal.aborted, told.length, ended]).toEqual([true, 1, []])
  await clock.advance(1_000)
  signals.emit('SIGTERM', 'SIGTERM')
  expect([told.length, ended, signals.listenerCount('SIGINT')]).toEqual([1, ['SIGTERM'], 0])
})
