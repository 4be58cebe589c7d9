import { expect, test } from '@jest/globals'
import { createCheckReadiness } from '../../src/app/readiness.ts'
import { createTestClock } from '../support/test-clock.ts'

type Options = Parameters<typeof createCheckReadiness>[0]

/** Creates a check of a database whose answers the test sends, one for each ping. */
function createCheck() {
  const clock = createTestClock()
  const pings: PromiseWithResolvers<void>[] = []
  const authentication = { keys: { isUsable: true, size: 1, ageSeconds: 0 }, redis: undefined }
  const books = {
    ping() {
      const answer = Promise.withResolvers<void>()
      pings.push(answer)
      return answer.promise
    },
  }
  const options = { authentication, books, clock, logError: () => undefined } as unknown as Options
  const check = createCheckReadiness(options)
  return {
    pings,
    check,
    /** Checks while the database does not answer. */
    async checkSlowly() {
      const checking = check()
      await clock.advance(800)
      return checking
    },
  }
}

const NOT_READY = { isReady: false, reasons: { store: 'the database is unavailable' } }

test('readiness/S01 stays ready while the database is slow', async () => {
  const { checkSlowly } = createCheck()
  for (let i = 0; i < 10; i += 1) expect(await checkSlowly()).toMatchObject({ isReady: true })
})

test('readiness/S02 is not ready as soon as the database fails to answer, until it answers again', async () => {
  const { pings, check, checkSlowly } = createCheck()
  const failing = check()
  pings[0]?.reject(new Error('unreachable'))
  expect(await failing).toMatchObject(NOT_READY)
  expect(await checkSlowly()).toMatchObject(NOT_READY)
  const answering = check()
  pings[1]?.resolve()
  expect(await answering).toMatchObject({ isReady: true })
})

test('readiness/S03 sends one ping at a time, however many checks wait for it', async () => {
  const { pings, check, checkSlowly } = createCheck()
  const checks = [check(), check(), checkSlowly()]
  await Promise.all(checks)
  expect(pings).toHaveLength(1)
  pings[0]?.resolve()
  await check()
  await checkSlowly()
  expect(pings).toHaveLength(2)
})
