import { expect, test } from '@jest/globals'
import { USELESS_KEY_SETS } from '../cases/auth/unusable-key-sets.ts'
import { jwkOf, keySet, MINUTE, outcome } from '../support/auth/test-key-set.ts'

test('500 first tokens of a new key cause one fetch', async () => {
  const document = { keys: [await jwkOf('old')] }
  const { keys, clock, count } = keySet(() => document)
  await keys.start()
  document.keys.push(await jwkOf('new'))
  await clock.pass(31_000)
  await Promise.all(Array.from({ length: 500 }, () => keys.find('new')))
  expect([count.good, keys.generation]).toEqual([2, 2])
})

test('10,000 unknown kids in an hour cause at most a fetch in 30 s, good or not', async () => {
  const document: { keys: unknown[] } = { keys: [await jwkOf('k')] }
  const { keys, clock, count } = keySet(() => document)
  await keys.start()
  for (let i = 0; i < 10_000; i++) {
    if (i === 5_000) document.keys = []
    await clock.pass(360)
    // Refused while the issuer answers; when it does not, nobody can tell.
    const told = await outcome(keys.find(`u${i}`))
    expect(told).toBe(count.failed === 0 ? 'UNAUTHENTICATED' : 'SERVICE_UNAVAILABLE')
  }
  const { good, failed } = count
  // The start, one in 30 s, and what the set tries by itself at 1, 2, 4, 8, 16 and 32 s when the issuer fails.
  expect(good + failed).toBeLessThanOrEqual(1 + 3_600 / 30 + 6)
  expect(good + failed).toBeGreaterThan(100)
})

test('an hour of outage fails no known key; after it 503, never 401; then it comes back by itself', async () => {
  const document: { keys: unknown[] } = { keys: [await jwkOf('k')] }
  const good = [...document.keys]
  const { keys, clock, count } = keySet(
    () => document,
    () => 1,
  )
  await keys.start()
  await clock.pass(5.4 * MINUTE)
  document.keys = []
  const seen = new Map<string, number>()
  const look = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await clock.pass(1_000)
      const found = await outcome(keys.find('k'))
      seen.set(found, (seen.get(found) ?? 0) + 1)
    }
  }
  await look(3_600)
  expect([...seen]).toEqual([['found', 3_600]])
  seen.clear()
  await look(3_600)
  expect(seen.get('UNAUTHENTICATED')).toBeUndefined()
  expect(seen.get('SERVICE_UNAVAILABLE')).toBeGreaterThan(3_000)
  // Backoff: a minute between two, once it has gone on for a while.
  expect(count.failed).toBeGreaterThan(40)
  expect(count.failed).toBeLessThan(200)
  document.keys = good
  await clock.pass(2 * MINUTE)
  expect(await outcome(keys.find('k'))).toBe('found')
})

test('a known key is there at once while a fetch hangs', async () => {
  const document = { keys: [await jwkOf('k')] }
  let hangs = false
  const { keys, clock } = keySet(() => (hangs ? new Promise(() => undefined) : document))
  await keys.start()
  hangs = true
  await clock.pass(6 * MINUTE)
  await keys.find('k')
})

test('after a fetch that failed nobody waits for the next', async () => {
  let answer: () => unknown = () => ({ keys: [] })
  const { keys, clock } = keySet(() => answer())
  await keys.start()
  answer = () => new Promise(() => undefined)
  await clock.pass(2_000)
  expect(await outcome(keys.find('k'))).toBe('SERVICE_UNAVAILABLE')
})

test('after stop nothing is fetched, not even behind a fetch that was under way', async () => {
  const document = { keys: [await jwkOf('k')] }
  const { keys, clock, count } = keySet(() => document)
  const started = keys.start()
  keys.stop()
  await started
  await clock.pass(60 * MINUTE)
  expect(count.good).toBe(1)
})

test('copies do not fetch at the same moment', async () => {
  const document = { keys: [await jwkOf('k')] }
  const refreshed = async (random: number) => {
    const { keys, clock, count } = keySet(
      () => document,
      () => random,
    )
    await keys.start()
    let seconds = 0
    for (; count.good < 2; seconds++) await clock.pass(1_000)
    return seconds
  }
  expect([await refreshed(0), await refreshed(1)]).toEqual([270, 330])
})

test('a key that leaves the set is gone with the next fetch, and so is one whose numbers changed', async () => {
  const document = { keys: [await jwkOf('a'), await jwkOf('b')] }
  const { keys, clock } = keySet(() => document)
  await keys.start()
  await clock.pass(6 * MINUTE)
  expect(keys.generation).toBe(1)
  const kept = await keys.find('b')
  document.keys.shift()
  await clock.pass(6 * MINUTE)
  expect(keys.generation).toBe(2)
  expect(await outcome(keys.find('a'))).toBe('UNAUTHENTICATED')
  document.keys = [await jwkOf('b')]
  await clock.pass(6 * MINUTE)
  expect(keys.generation).toBe(3)
  expect((await keys.find('b')).equals(kept)).toBe(false)
})

test('a start that fails is tried again by itself, soon; without a start nothing is', async () => {
  const document: { keys: unknown[] } = { keys: [] }
  const { keys, clock, count } = keySet(() => document)
  expect(await outcome(keys.find('k'))).toBe('SERVICE_UNAVAILABLE')
  await clock.pass(10 * MINUTE)
  expect(count.failed).toBe(1)
  await keys.start()
  document.keys = [await jwkOf('k')]
  await clock.pass(5_000)
  expect(count.good).toBe(1)
})

test('the clock fetches nothing beside a fetch that is under way', async () => {
  const document = { keys: [await jwkOf('k')] }
  let calls = 0
  let arrive = (_: unknown) => {}
  const { keys, clock } = keySet(() => {
    calls += 1
    return calls === 1
      ? document
      : new Promise((done) => {
          arrive = done
        })
  })
  await keys.start()
  await clock.pass(4 * MINUTE)
  const waiting = outcome(keys.find('u'))
  await clock.pass(2 * MINUTE)
  arrive(document)
  expect([await waiting, calls]).toEqual(['UNAUTHENTICATED', 2])
})

test.each(USELESS_KEY_SETS)(
  '%s %s never replaces a good set, and a good key beside it is taken',
  async (id, _, document) => {
    const good = await jwkOf('good')
    let current: unknown = { keys: [good] }
    const { keys, clock, count } = keySet(() => current)
    await keys.start()
    current = await document()
    await clock.pass(6 * MINUTE)
    expect(count.failed).toBeGreaterThan(0)
    await keys.find('good')
    const list = (current as { keys?: unknown } | null)?.keys
    if (!Array.isArray(list) || id === 'K15') return
    current = { keys: [...list, good] }
    await clock.pass(6 * MINUTE)
    await keys.find('good')
    expect(count.good).toBeGreaterThan(1)
    expect(keys.size).toBe(1)
  },
)
