// One process asks the issuer for all: no worker may know more, or for longer, than one process alone would.

import { expect, test } from '@jest/globals'
import { keysForAll } from '../../../src/app/workers/primary-state.ts'
import { HandedOn, KeySet } from '../../../src/auth/key-set.ts'
import { jwkOf, MINUTE, outcome } from '../../support/auth/test-key-set.ts'
import { testClock } from '../../support/test-clock.ts'

const TIMES = { refreshMs: 5 * MINUTE, timeoutMs: 3_000, outageMs: 60 * MINUTE }

/** A primary whose issuer a test writes, and workers that ask it as they do over the line between them. */
function service(documents: () => unknown) {
  const clock = testClock()
  const count = { asked: 0 }
  const workers: KeySet[] = []
  const fetchKeys = async () => {
    count.asked += 1
    return documents()
  }
  const primary = keysForAll({ keys: TIMES }, fetchKeys, clock, () => {
    for (const one of workers) void one.start()
  })
  async function worker(): Promise<KeySet> {
    const keys = new KeySet({
      ...TIMES,
      async fetchKeys() {
        const { document, ageMs, fault } = await primary.answer()
        return new HandedOn(document, ageMs, fault)
      },
      clock,
      random: () => 1,
      onFetch: () => undefined,
    })
    await keys.start()
    workers.push(keys)
    return keys
  }
  primary.start()
  return { clock, count, worker }
}

const [k1, k2] = [await jwkOf('k1'), await jwkOf('k2')]

test('W50 a new key is asked for once, whoever is asked for it first, and is known to all', async () => {
  let keys = [k1]
  const { clock, count, worker } = service(() => ({ keys }))
  const [one, other] = [await worker(), await worker()]
  expect(count.asked).toBe(1)
  keys = [k1, k2]
  await clock.pass(29_000)
  expect([await outcome(one.find('k2')), await outcome(other.find('k2'))]).toEqual([
    'UNAUTHENTICATED',
    'UNAUTHENTICATED',
  ])
  expect(count.asked).toBe(1)
  await clock.pass(2_000)
  expect(await Promise.all([one, other].map((each) => outcome(each.find('k2'))))).toEqual(['found', 'found'])
  expect(count.asked).toBe(2)
  expect(await outcome(other.find('k3'))).toBe('UNAUTHENTICATED')
  expect(count.asked).toBe(2)
})

test('W51 a withdrawn key is gone at all at the next refresh, which is one', async () => {
  let keys = [k1, k2]
  const { clock, count, worker } = service(() => ({ keys }))
  const all = [await worker(), await worker(), await worker()]
  keys = [k2]
  await clock.pass(5.5 * MINUTE)
  expect(count.asked).toBe(2)
  for (const one of all) expect([one.size, await outcome(one.find('k1'))]).toEqual([1, 'UNAUTHENTICATED'])
})

test('W52 an outage is as long at each worker, also at one that is started in it', async () => {
  let up = true
  const { clock, count, worker } = service(() => {
    if (!up) throw new Error('away')
    return { keys: [k1] }
  })
  const first = await worker()
  up = false
  await clock.pass(30 * MINUTE)
  const late = await worker()
  expect([first.usable, late.usable]).toEqual([true, true])
  expect(late.age).toBeCloseTo(first.age)
  // What cannot be told is no refusal.
  expect(await outcome(late.find('k2'))).toBe('SERVICE_UNAVAILABLE')
  await clock.pass(36 * MINUTE)
  expect([first.usable, late.usable]).toEqual([false, false])
  expect(await outcome(late.find('k1'))).toBe('SERVICE_UNAVAILABLE')
  up = true
  await clock.pass(2 * MINUTE)
  expect(await Promise.all([first, late].map((one) => outcome(one.find('k1'))))).toEqual(['found', 'found'])
  const asked = count.asked
  await clock.pass(4 * MINUTE)
  expect(count.asked - asked).toBeLessThanOrEqual(1)
})

test('W53 while the issuer is away many workers ask for it no oftener than one process would', async () => {
  const { clock, count, worker } = service(() => {
    throw new Error('away')
  })
  const all = await Promise.all([worker(), worker(), worker(), worker()])
  for (let second = 0; second < 60; second += 1) {
    await clock.pass(1_000)
    await Promise.all(all.map((one) => outcome(one.find('k1'))))
  }
  // After 1, 2, 4, 8, 16 and 32 seconds; each may come early by a half, and once more behind the requests.
  expect(count.asked).toBeLessThanOrEqual(14)
})
