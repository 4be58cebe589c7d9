import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { InterruptedError, TransientError } from '../../../src/clients/job/errors.ts'
import { createRetry, type RetryOptions } from '../../../src/clients/job/retry.ts'
import { createTestClock } from '../../support/test-clock.ts'

function scene(options: Partial<RetryOptions> = {}) {
  const clock = createTestClock()
  const stop = new AbortController()
  const told: string[] = []
  const tell = (words: string) => told.push(words)
  const parts = {
    clock,
    random: () => 0,
    giveUpAfterMs: 600_000,
    signal: stop.signal,
    report: tell,
    ...options,
  }
  const pace = createRetry(parts)
  /** Tries what fails so often; when, in milliseconds, each try was. */
  async function tries(faults: readonly (string | null)[]) {
    const at: number[] = []
    const done = pace(async () => {
      at.push(clock.monotonicNow())
      const fault = faults[at.length - 1]
      if (fault !== undefined) throw new TransientError('away.', fault)
      return 'done'
    })
    done.catch(() => undefined)
    await setImmediate()
    return { at, done }
  }
  return { clock, stop, told, tries, pace }
}

/** When each try is, after what the server said each time. */
const PAUSES: readonly (readonly [string, (string | null)[], number, number[]])[] = [
  ['pauses double', [null, null, null, null], 0, [0, 500, 1_500, 3_500, 7_500]],
  ['up to half less, by chance', [null, null], 0.5, [0, 375, 1_125]],
  ['as many seconds as the server says', ['7', '2'], 0, [0, 7_000, 9_000]],
  ['no pause at all is not obeyed', ['0', '0'], 0, [0, 500, 1_500]],
  ['nonsense is not obeyed', ['soon', '-1'], 0, [0, 500, 1_500]],
  ['a date that is over is not obeyed', ['Thu, 01 Jan 1970 00:00:00 GMT'], 0, [0, 500]],
]
test.each(PAUSES)('%s', async (_, faults, random, expected) => {
  const { clock, tries } = scene({ random: () => random })
  const { at, done } = await tries(faults)
  await clock.advance(60_000)
  expect([at, await done]).toEqual([expected, 'done'])
})

test('a date is waited for', async () => {
  const { clock, tries } = scene()
  const { at, done } = await tries([new Date(clock.now() + 90_000).toUTCString()])
  await clock.advance(89_000)
  expect(at).toEqual([0])
  await clock.advance(1_000)
  expect([at, await done]).toEqual([[0, 90_000], 'done'])
})

test('the longest pause is 30 s, and patience ends without a success', async () => {
  const { clock, tries } = scene({ giveUpAfterMs: 100_000 })
  const { at, done } = await tries(Array(50).fill(null))
  await clock.advance(1_000_000)
  await expect(done).rejects.toMatchObject({
    name: 'JobError',
    message: expect.stringMatching(/^Gave up after .* away\./),
  })
  const pauses = at.slice(1).map((time, i) => time - (at[i] ?? 0))
  expect(Math.max(...pauses)).toBe(30_000)
  expect(at.at(-1)).toBeLessThanOrEqual(100_000)
})

test('a pause that is longer than patience is not begun', async () => {
  const { tries } = scene({ giveUpAfterMs: 100_000 })
  const { at, done } = await tries(['3600'])
  await expect(done).rejects.toMatchObject({ name: 'JobError' })
  expect(at).toEqual([0])
})

test('patience begins with the first fault behind a success, however long nothing was asked', async () => {
  const { clock, tries } = scene({ giveUpAfterMs: 10_000 })
  await (await tries([])).done
  await clock.advance(3_600_000)
  const later = await tries([null, null])
  await clock.advance(10_000)
  expect(await later.done).toBe('done')
})

test('all that are under way share one pause, and fail together only once', async () => {
  const { clock, tries, told } = scene()
  const all = await Promise.all([tries([null]), tries([null]), tries(['3']), tries([null])])
  await clock.advance(2_999)
  expect(all.map(({ at }) => at)).toEqual([[0], [0], [0], [0]])
  const late = await tries([])
  await clock.advance(1)
  await Promise.all(all.map(({ done }) => done))
  expect([all.map(({ at }) => at[1]), late.at, told.length]).toEqual([Array(4).fill(3_000), [3_000], 1])
  // The next fault is a first one again.
  const next = await tries([null])
  await clock.advance(500)
  expect(next.at).toEqual([3_000, 3_500])
})

test('a pause ends at once when the job is told to stop, and nothing is tried any more', async () => {
  const { stop, tries, clock } = scene()
  const waiting = await tries(['60'])
  await clock.advance(1)
  stop.abort()
  await expect(waiting.done).rejects.toBeInstanceOf(InterruptedError)
  const after = await tries([])
  await expect(after.done).rejects.toBeInstanceOf(InterruptedError)
  expect([waiting.at, after.at]).toEqual([[0], []])
})

test('any other fault passes as it is', async () => {
  const fault = new Error('ours')
  await expect(scene().pace(() => Promise.reject(fault))).rejects.toBe(fault)
})
