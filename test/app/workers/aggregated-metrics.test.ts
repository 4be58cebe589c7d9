// What becomes of the numbers of workers that end while somebody asks for them.

import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { createAggregateMetrics, type MetricsSnapshot } from '../../../src/app/workers/aggregate-metrics.ts'
import { numbersOfAll } from '../../../src/app/workers/primary-state.ts'
import type { Hand } from '../../../src/app/workers/worker-handle.ts'

const counted = (value: number) =>
  [
    { name: 'asked_total', help: 'a', type: 'counter', aggregator: 'sum', values: [{ value, labels: {} }] },
  ] as unknown as MetricsSnapshot

/** A worker, as far as its numbers are concerned. */
const handOf = (ask: () => Promise<MetricsSnapshot>) =>
  ({ line: { ask }, ended: new Promise(() => undefined) }) as unknown as Hand

test('W13 a worker that ends while another is waited for is counted once', async () => {
  const slow = Promise.withResolvers<MetricsSnapshot>()
  const leaver = handOf(async () => counted(5))
  const hands = [leaver, handOf(() => slow.promise)]
  const all = numbersOfAll(
    createAggregateMetrics(() => 2),
    () => hands,
  )
  const { metrics, ended } = all.answersTo(() => leaver)
  const scrape = metrics?.(undefined)
  await turn()
  await ended?.(counted(5))
  slow.resolve(counted(2))
  expect(await scrape).toMatch(/^asked_total 7$/m)
  hands.shift()
  expect(await metrics?.(undefined)).toMatch(/^asked_total 7$/m)
})
