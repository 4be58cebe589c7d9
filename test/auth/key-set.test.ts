import { expect, test } from '@jest/globals'
import { UNUSABLE_KEY_SETS } from '../cases/auth/unusable-key-sets.ts'
import { createPublicJwk, createTestKeySet, lookupOutcome, MINUTE_MS } from '../support/auth/test-key-set.ts'

test('500 first tokens of a new key cause one fetch', async () => {
  const document = { keys: [await createPublicJwk('old')] }
  const { keys, clock, count } = createTestKeySet(() => document)
  await keys.start()
  document.keys.push(await createPublicJwk('new'))
  await clock.advance(31_000)
  await Promise.all(Array.from({ length: 500 }, () => keys.find('new')))
  expect([count.good, keys.generation]).toEqual([2, 2])
})

test('10,000 unknown kids in an hour cause at most a fetch in 30 s, good or not', async () => {
  const document: { keys: unknown[] } = { keys: [await createPublicJwk('k')] }
  const { keys, clock, count } = createTestKeySet(() => document)
  await keys.start()
  for (let i = 0; i < 10_000; i++) {
    if (i === 5_000) document.keys = []
    await clock.advance(360)
    // Refused while the issuer answers; when it does not, nobody can tell.
    const told = await lookupOutcome(keys.find(`u${i}`))
    expect(told).toBe(count.failed === 0 ? 'UNAUTHENTICATED' : 'SERVICE_UNAVAILABLE')
  }
  const { good, failed } = count
  // The start, one in 30 s, and what the set tries by itself at 1, 2, 4, 8, 16 and 32 s when the issuer fails.
  expect(good + failed).toBeLessThanOrEqual(1 + 3_600 / 30 + 6)
  expect(good + failed).toBeGreaterThan(100)
})

test('an hour of outage fails no known key; after it 503, never 401; then it comes back by itself', async () => {
  const document: { keys: unknown[] } = { keys: [await createPublicJwk('k')] }
  const good = [...document.keys]
  const { keys, clock, count } = createTestKeySet(
    () => document,
    () => 1,
  )
  await keys.start()
  await clock.advance(5.4 * MINUTE_MS)
  document.keys = []
  const seen = new Map<string, number>()
  const look = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await clock.advance(1_000)
      const found = await lookupOutcome(keys.find('k'))
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
  await clock.advance(2 * MINUTE_MS)
  expect(await lookupOutcome(keys.find('k'))).toBe('found')
})

test('a known key is there at once while a fetch hangs', async () => {
  const document = { keys: [await createPublicJwk('k')] }
  let hangs = false
  const { keys, clock } = createTestKeySet(() => (hangs ? new Promise(() => undefined) : document))
  await keys.start()
  hangs = true
  await clock.advance(6 * MINUTE_MS)
  await keys.find('k')
})

test('after a fetch that failed nobody waits for the next', async () => {
  let answer: () => unknown = () => ({ keys: [] })
  const { keys, clock } = createTestKeySet(() => answer())
  await keys.start()
  answer = () => new Promise(() => undefined)
  await clock.advance(2_000)
  expect(await lookupOutcome(keys.find('k'))).toBe('SERVICE_UNAVAILABLE')
})

test('after stop nothing is fetched, not even behind a fetch that was under way', async () => {
  const document = { keys: [await createPublicJwk('k')] }
  const { keys, clock, count } = createTestKeySet(() => document)
  const started = keys.start()
  keys.stop()
  await started
  await clock.advance(60 * MINUTE_MS)
  expect(count.good).toBe(1)
})

test('copies do not fetch at the same moment', async () => {
  const document = { keys: [await createPublicJwk('k')] }
  const refreshed = async (random: number) => {
    const { keys, clock, count } = createTestKeySet(
      () => document,
      () => random,
    )
    await keys.start()
    let seconds = 0
    for (; count.good < 2; seconds++) await clock.advance(1_000)
    return seconds
  }
  expect([await refreshed(0), await refreshed(1)]).toEqual([270, 330])
})

test('a key that leaves the set is gone with the next fetch, and so is one whose numbers changed', async () => {
  const document = { keys: [await createPublicJwk('a'), await createPublicJwk('b')] }
  const { keys, clock } = createTestKeySet(() => document)
  await keys.start()
  await clock.advance(6 * MINUTE_MS)
  expect(keys.generation).toBe(1)
  const kept = await keys.find('b')
  document.keys.shift()
  await clock.advance(6 * MINUTE_MS)
  expect(keys.generation).toBe(2)
  expect(await lookupOutcome(keys.find('a'))).toBe('UNAUTHENTICATED')
  document.keys = [await createPublicJwk('b')]
  await clock.advance(6 * MINUTE_MS)
  expect(keys.generation).toBe(3)
  expect((await keys.find('b')).equals(kept)).toBe(false)
})

test('a start that fails is tried again by itself, soon; without a start nothing is', async () => {
  const document: { keys: unknown[] } = { keys: [] }
  const { keys, clock, count } = createTestKeySet(() => document)
  expect(await lookupOutcome(keys.find('k'))).toBe('SERVICE_UNAVAILABLE')
  await clock.advance(10 * MINUTE_MS)
  expect(count.failed).toBe(1)
  await keys.start()
  document.keys = [await createPublicJwk('k')]
  await clock.advance(5_000)
  expect(count.good).toBe(1)
})

test('the clock fetches nothing beside a fetch that is under way', async () => {
  const document = { keys: [await createPublicJwk('k')] }
  let calls = 0
  let arrive = (_: unknown) => {}
  const { keys, clock } = createTestKeySet(() => {
    calls += 1
    return calls === 1
      ? document
      : new Promise((done) => {
          arrive = done
        })
  })
  await keys.start()
  await clock.advance(4 * MINUTE_MS)
  const waiting = lookupOutcome(keys.find('u'))
  await clock.advance(2 * MINUTE_MS)
  arrive(document)
  expect([await waiting, calls]).toEqual(['UNAUTHENTICATED', 2])
})

test.each(UNUSABLE_KEY_SETS)(
  '%s %s never replaces a good set, and a good key beside it is taken',
  async (id, _, document) => {
    const good = await createPublicJwk('good')
    let current: unknown = { keys: [good] }
    const { keys, clock, count } = createTestKeySet(() => current)
    await keys.start()
    current = await document()
    await clock.advance(6 * MINUTE_MS)
    expect(count.failed).toBeGreaterThan(0)
    await keys.find('good')
    const list = (current as { keys?: unknown } | null)?.keys
    if (!Array.isArray(list) || id === 'K15') return
    current = { keys: [...list, good] }
    await clock.advance(6 * MINUTE_MS)
    await keys.find('good')
    expect(count.good).toBeGreaterThan(1)
    expect(keys.size).toBe(1)
  },
)
