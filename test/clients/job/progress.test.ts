import { expect, jest, test } from '@jest/globals'
import { createImportStats } from '../../../src/clients/job/import-stats.ts'
import { startProgress } from '../../../src/clients/job/progress.ts'
import { createTestClock } from '../../support/test-clock.ts'

test('prints a JSON line every second until it is stopped', async () => {
  const clock = createTestClock()
  const stats = createImportStats()
  const log = jest.spyOn(console, 'log').mockReturnValue(undefined)
  const stop = startProgress({ label: 'b', size: 1_000, stats, clock, json: true })
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
