import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { type Clock, runInBatches, startInterval } from '../../src/lib/clock.ts'
import { createTestClock } from '../support/test-clock.ts'

const BATCH_MS = 20

/** Returns a clock on which nothing takes time but batches and rests. */
function createBatchClock() {
  const events: string[] = []
  let nowMs = 0
  const clock: Clock = {
    now: () => nowMs,
    monotonicNow: () => nowMs,
    schedule(milliseconds, run) {
      events.push(`rest ${milliseconds}`)
      nowMs += milliseconds
      run()
      return () => undefined
    },
  }
  function runBatch(): void {
    events.push('batch')
    nowMs += BATCH_MS
  }
  return { clock, events, runBatch }
}

test('clock/B01 rests 19 times as long as each batch took, until no work is left', async () => {
  const { clock, events, runBatch } = createBatchClock()
  let left = 2
  await runInBatches(clock, new AbortController().signal, async () => {
    runBatch()
    left -= 1
    return left >= 0
  })
  expect(events).toEqual(['batch', 'rest 380', 'batch', 'rest 380', 'batch'])
})

test('clock/B02 begins no batch after the signal is aborted', async () => {
  const { clock, events, runBatch } = createBatchClock()
  const controller = new AbortController()
  await runInBatches(clock, controller.signal, async () => {
    runBatch()
    controller.abort()
    return true
  })
  expect(events).toEqual(['batch'])
})

test('clock/I01 counts the interval from the end of a run, and aborts the run when it is stopped', async () => {
  const clock = createTestClock()
  const runs: { readonly signal: AbortSignal; readonly end: () => void }[] = []
  const stop = startInterval(clock, 1_000, (signal) => new Promise((end) => runs.push({ signal, end })))
  await clock.advance(5_000)
  expect(runs).toHaveLength(1)
  runs[0]?.end()
  await setImmediate()
  await clock.advance(1_000)
  expect(runs).toHaveLength(2)
  stop()
  expect(runs[1]?.signal.aborted).toBe(true)
  runs[1]?.end()
  await setImmediate()
  await clock.advance(5_000)
  expect(runs).toHaveLength(2)
})

test('clock/I02 runs again after a failed run', async () => {
  const clock = createTestClock()
  const errors: unknown[] = []
  const stop = startInterval(
    clock,
    1_000,
    async () => Promise.reject(new Error('failed')),
    (error) => errors.push(error),
  )
  await clock.advance(1_000)
  await clock.advance(1_000)
  expect(errors).toHaveLength(2)
  stop()
})
