import { stripVTControlCharacters } from 'node:util'
import { expect, jest, test } from '@jest/globals'
import { createImportStats } from '../../../src/clients/job/import-stats.ts'
import { startProgress } from '../../../src/clients/job/progress.ts'
import { createTestClock } from '../../support/test-clock.ts'

test('prints a JSON line every second until it is stopped', async () => {
  const clock = createTestClock()
  const stats = createImportStats()
  const log = jest.spyOn(console, 'log').mockReturnValue(undefined)
  const stop = startProgress({
    label: 'b',
    size: 1_000,
    stats,
    clock,
    json: true,
    signal: new AbortController().signal,
  })
  await clock.advance(999)
  expect(log).not.toHaveBeenCalled()
  stats.stored = 7
  await clock.advance(1_001)
  stop()
  await clock.advance(10_000)
  const lines = log.mock.calls.map(([line]) => JSON.parse(line))
  log.mockRestore()
  expect(lines).toEqual([
    expect.objectContaining({ event: 'progress', stored: 7, size: 1_000, seconds: 1 }),
    expect.objectContaining({ event: 'progress', stored: 7, size: 1_000, seconds: 2 }),
  ])
})

test('draws a line of at most 80 columns on a terminal, and clears it when the import is aborted', async () => {
  const clock = createTestClock()
  const stats = createImportStats()
  const isTTY = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')
  Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true })
  let output = ''
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    output += text
    return true
  })
  const abortController = new AbortController()
  const { signal } = abortController
  const stop = startProgress({ label: 'books-2026.csv', size: 1_000, stats, clock, json: false, signal })
  stats.stored = 60_000
  stats.bytes = 999
  await clock.advance(10_000)
  abortController.abort()
  const aborted = output
  stop()
  write.mockRestore()
  Object.defineProperty(process.stderr, 'isTTY', isTTY ?? { value: undefined, configurable: true })
  const lines = stripVTControlCharacters(aborted.replaceAll('\u001b[1G', '\n')).split('\n')
  expect(lines.filter((line) => line.includes('60000 books'))).not.toEqual([])
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(aborted.endsWith('\u001b[1G\u001b[2K')).toBe(true)
  expect(output).toBe(aborted)
})
