// One process asks the issuer for all: no worker may know more, or for longer, than one process alone would.

import { expect, test } from '@jest/globals'
import { keysForAll } from '../../../src/app/workers/primary-state.ts'
import { HandedOn, KeySet } from '../../../src/auth/key-set.ts'
import { createPublicJwk, lookupOutcome, MINUTE_MS } from '../../support/auth/test-key-set.ts'
import { createTestClock } from '../../support/test-clock.ts'

const TIMES = { refreshMs: 5 * MINUTE_MS, timeoutMs: 3_000, outageMs: 60 * MINUTE_MS }

/** A primary whose issuer a test writes, and workers that ask it as they do over the line between them. */
function service(documents: () => unknown) {
  const clock = createTestClock()
  const count = { asked: 0 }
  const workers: KeySet[] = []
  const fetchKeys = async () => {
    count.asked += 1
    return documents()
  }
  const primary = keysForAll({ keySet: TIMES }, fetchKeys, clock, () => {
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

const [k1, k2] = [await createPublicJwk('k1'), await createPublicJwk('k2')]

test('W50 a new key is asked for once, whoever is asked for it first, and is known to all', async () => {
  let keys = [k1]
  const { clock, count, worker } = service(() => ({ keys }))
  const [one, other] = [await worker(), await worker()]
  expect(count.asked).toBe(1)
  keys = [k1, k2]
  await clock.advance(29_000)
  expect([await lookupOutcome(one.find('k2')), await lookupOutcome(other.find('k2'))]).toEqual([
    'UNAUTHENTICATED',
    'UNAUTHENTICATED',
  ])
  expect(count.asked).toBe(1)
  await clock.advance(2_000)
  expect(await Promise.all([one, other].map((each) => lookupOutcome(each.find('k2'))))).toEqual([
    'found',
    'found',
  ])
  expect(count.asked).toBe(2)
  expect(await lookupOutcome(other.find('k3'))).toBe('UNAUTHENTICATED')
  expect(count.asked).toBe(2)
})

test('W51 a withdrawn key is gone at all at the next refresh, which is one', async () => {
  let keys = [k1, k2]
  const { clock, count, worker } = service(() => ({ keys }))
  const all = [await worker(), await worker(), await worker()]
  keys = [k2]
  await clock.advance(5.5 * MINUTE_MS)
  expect(count.asked).toBe(2)
  for (const one of all)
    expect([one.size, await lookupOutcome(one.find('k1'))]).toEqual([1, 'UNAUTHENTICATED'])
})

test('W52 an outage is as long at each worker, also at one that is started in it', async () => {
  let up = true
  const { clock, count, worker } = service(() => {
    if (!up) throw new Error('away')
    return { keys: [k1] }
  })
  const first = await worker()
  up = false
  await clock.advance(30 * MINUTE_MS)
  const late = await worker()
  expect([first.isUsable, late.isUsable]).toEqual([true, true])
  expect(late.ageSeconds).toBeCloseTo(first.ageSeconds)
  // What cannot be told is no refusal.
  expect(await lookupOutcome(late.find('k2'))).toBe('SERVICE_UNAVAILABLE')
  await clock.advance(36 * MINUTE_MS)
  expect([first.isUsable, late.isUsable]).toEqual([false, false])
  expect(await lookupOutcome(late.find('k1'))).toBe('SERVICE_UNAVAILABLE')
  up = true
  await clock.advance(2 * MINUTE_MS)
  expect(await Promise.all([first, late].map((one) => lookupOutcome(one.find('k1'))))).toEqual([
    'found',
    'found',
  ])
  const asked = count.asked
  await clock.advance(4 * MINUTE_MS)
  expect(count.asked - asked).toBeLessThanOrEqual(1)
})

test('W53 while the issuer is away many workers ask for it no oftener than one process would', async () => {
  const { clock, count, worker } = service(() => {
    throw new Error('away')
  })
  const all = await Promise.all([worker(), worker(), worker(), worker()])
  for (let second = 0; second < 60; second += 1) {
    await clock.advance(1_000)
    await Promise.all(all.map((one) => lookupOutcome(one.find('k1'))))
  }
  // After 1, 2, 4, 8, 16 and 32 seconds; each may come early by a half, and once more behind the requests.
  expect(count.asked).toBeLessThanOrEqual(14)
})
