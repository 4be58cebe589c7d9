import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { InterruptedError, TransientError } from '../../../src/clients/job/errors.ts'
import { createRetry, type RetryOptions } from '../../../src/clients/job/retry.ts'
import { createTestClock } from '../../support/test-clock.ts'

function setUp(options: Partial<RetryOptions> = {}) {
  const clock = createTestClock()
  const abortController = new AbortController()
  const messages: string[] = []
  const retry = createRetry({
    clock,
    random: () => 0,
    giveUpAfterMs: 600_000,
    signal: abortController.signal,
    report: (message) => messages.push(message),
    ...options,
  })
  /** Retries an attempt that fails once per `Retry-After` value, and records the time of each attempt in milliseconds. */
  async function start(retryAfterValues: readonly (string | null)[]) {
    const attemptTimes: number[] = []
    const result = retry(async () => {
      attemptTimes.push(clock.monotonicNow())
      const retryAfter = retryAfterValues[attemptTimes.length - 1]
      if (retryAfter !== undefined) throw new TransientError('away.', retryAfter)
      return 'done'
    })
    result.catch(() => undefined)
    await setImmediate()
    return { attemptTimes, result }
  }
  return { clock, abortController, messages, start, retry }
}

const BACKOFF_ROWS: readonly {
  readonly id: string
  readonly title: string
  readonly retryAfter: readonly (string | null)[]
  readonly random: number
  readonly attemptTimes: readonly number[]
}[] = [
  {
    id: 'job/B01',
    title: 'doubles the pause',
    retryAfter: [null, null, null, null],
    random: 0,
    attemptTimes: [0, 500, 1_500, 3_500, 7_500],
  },
  {
    id: 'job/B02',
    title: 'shortens the pause by up to a half',
    retryAfter: [null, null],
    random: 0.5,
    attemptTimes: [0, 375, 1_125],
  },
  {
    id: 'job/B03',
    title: 'waits for the seconds of Retry-After',
    retryAfter: ['7', '2'],
    random: 0,
    attemptTimes: [0, 7_000, 9_000],
  },
  {
    id: 'job/B04',
    title: 'ignores a Retry-After of 0',
    retryAfter: ['0', '0'],
    random: 0,
    attemptTimes: [0, 500, 1_500],
  },
  {
    id: 'job/B05',
    title: 'ignores an invalid Retry-After',
    retryAfter: ['soon', '-1'],
    random: 0,
    attemptTimes: [0, 500, 1_500],
  },
  {
    id: 'job/B06',
    title: 'ignores a date in the past',
    retryAfter: ['Thu, 01 Jan 1970 00:00:00 GMT'],
    random: 0,
    attemptTimes: [0, 500],
  },
]
test.each(BACKOFF_ROWS)('$id $title', async ({ retryAfter, random, attemptTimes: expected }) => {
  const { clock, start } = setUp({ random: () => random })
  const { attemptTimes, result } = await start(retryAfter)
  await clock.advance(60_000)
  expect([attemptTimes, await result]).toEqual([expected, 'done'])
})

test('waits for the date of Retry-After', async () => {
  const { clock, start } = setUp()
  const { attemptTimes, result } = await start([new Date(clock.now() + 90_000).toUTCString()])
  await clock.advance(89_000)
  expect(attemptTimes).toEqual([0])
  await clock.advance(1_000)
  expect([attemptTimes, await result]).toEqual([[0, 90_000], 'done'])
})

test('pauses for 30 s at most, and gives up after the time limit', async () => {
  const { clock, start } = setUp({ giveUpAfterMs: 100_000 })
  const { attemptTimes, result } = await start(Array(50).fill(null))
  await clock.advance(1_000_000)
  await expect(result).rejects.toMatchObject({
    name: 'JobError',
    message: expect.stringMatching(/^Gave up after .* away\./),
  })
  const pauses = attemptTimes.slice(1).map((time, i) => time - (attemptTimes[i] ?? 0))
  expect(Math.max(...pauses)).toBe(30_000)
  expect(attemptTimes.at(-1)).toBeLessThanOrEqual(100_000)
})

test('gives up at once when the pause exceeds the time limit', async () => {
  const { start } = setUp({ giveUpAfterMs: 100_000 })
  const { attemptTimes, result } = await start(['3600'])
  await expect(result).rejects.toMatchObject({
    name: 'JobError',
    message:
      'The server asks to wait 3600.0 s, longer than --patience allows. Run the job later, or raise --patience. away.',
  })
  expect(attemptTimes).toEqual([0])
})

test('throws the reason alone when it may not retry', async () => {
  const { start } = setUp({ giveUpAfterMs: 0 })
  const { attemptTimes, result } = await start([null])
  await expect(result).rejects.toMatchObject({ name: 'JobError', message: 'away.' })
  expect(attemptTimes).toEqual([0])
})

test('measures the time limit from the first failure after a success', async () => {
  const { clock, start } = setUp({ giveUpAfterMs: 10_000 })
  await (await start([])).result
  await clock.advance(3_600_000)
  const later = await start([null, null])
  await clock.advance(10_000)
  expect(await later.result).toBe('done')
})

test('shares one pause among concurrent attempts, and counts their failures once', async () => {
  const { clock, start, messages } = setUp()
  const concurrent = await Promise.all([start([null]), start([null]), start(['3']), start([null])])
  await clock.advance(2_999)
  expect(concurrent.map(({ attemptTimes }) => attemptTimes)).toEqual([[0], [0], [0], [0]])
  const late = await start([])
  await clock.advance(1)
  await Promise.all(concurrent.map(({ result }) => result))
  expect([concurrent.map(({ attemptTimes }) => attemptTimes[1]), late.attemptTimes, messages.length]).toEqual(
    [Array(4).fill(3_000), [3_000], 1],
  )
  // After a success the backoff starts anew.
  const next = await start([null])
  await clock.advance(500)
  expect(next.attemptTimes).toEqual([3_000, 3_500])
})

test('ends a pause when it is aborted, and makes no further attempt', async () => {
  const { abortController, start, clock } = setUp()
  const waiting = await start(['60'])
  await clock.advance(1)
  abortController.abort(new InterruptedError('SIGINT'))
  await expect(waiting.result).rejects.toBeInstanceOf(InterruptedError)
  const after = await start([])
  await expect(after.result).rejects.toBeInstanceOf(InterruptedError)
  expect([waiting.attemptTimes, after.attemptTimes]).toEqual([[0], []])
})

test('passes on other errors', async () => {
  const error = new Error('other')
  await expect(setUp().retry(() => Promise.reject(error))).rejects.toBe(error)
})
