import { expect, test } from '@jest/globals'
import { createImportStats } from '../../../src/clients/job/import-stats.ts'
import { startProgress } from '../../../src/clients/job/progress.ts'
import { createTestClock } from '../../support/test-clock.ts'

test('prints a JSON line every second until it is stopped', async () => {
  const clock = createTestClock()
  const lines: unknown[] = []
  const stats = createImportStats()
  const printJsonLine = (line: string) => lines.push(JSON.parse(line))
  const stop = startProgress({ label: 'b', size: 1_000, stats, clock, printJsonLine })
  await clock.advance(999)
  expect(lines).toEqual([])
  stats.stored = 7
  await clock.advance(1_001)
  stop()
  await clock.advance(10_000)
  expect(lines).toEqual([
    expect.objectContaining({ event: 'progress', stored: 7, size: 1_000, seconds: 1 }),
    expect.objectContaining({ event: 'progress', stored: 7, size: 1_000, seconds: 2 }),
  ])
})
