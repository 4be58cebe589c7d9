import { expect, test } from '@jest/globals'
import { UNUSABLE_KEY_SETS } from '../cases/auth/unusable-key-sets.ts'
import { createPublicJwk, createTestKeySet, lookupOutcome, MINUTE_MS } from '../support/auth/test-key-set.ts'

test('fetches once for 500 concurrent lookups of a new key', async () => {
  const document = { keys: [await createPublicJwk('old')] }
  const { keySet, clock, fetchCounts } = createTestKeySet(() => document)
  await keySet.start()
  document.keys.push(await createPublicJwk('new'))
  await clock.advance(31_000)
  await Promise.all(Array.from({ length: 500 }, () => keySet.find('new')))
  expect([fetchCounts.ok, keySet.generation]).toEqual([2, 2])
})

test('fetches at most every 30 s for 10,000 unknown kids in an hour, whether fetches succeed or fail', async () => {
  const document: { keys: unknown[] } = { keys: [await createPublicJwk('k')] }
  const { keySet, clock, fetchCounts } = createTestKeySet(() => document)
  await keySet.start()
  for (let i = 0; i < 10_000; i++) {
    if (i === 5_000) document.keys = []
    await clock.advance(360)
    // Without an answer of the issuer, the kid may or may not be valid.
    const outcome = await lookupOutcome(keySet.find(`u${i}`))
    expect(outcome).toBe(fetchCounts.failed === 0 ? 'UNAUTHENTICATED' : 'SERVICE_UNAVAILABLE')
  }
  const total = fetchCounts.ok + fetchCounts.failed
  // The first fetch, one every 30 s, and the retries after 1, 2, 4, 8, 16 and 32 s when the issuer fails.
  expect(total).toBeLessThanOrEqual(1 + 3_600 / 30 + 6)
  expect(total).toBeGreaterThan(100)
})

test('keeps known keys for an hour of outage, then reports 503 and never 401, then recovers by itself', async () => {
  const document: { keys: unknown[] } = { keys: [await createPublicJwk('k')] }
  const validKeys = [...document.keys]
  const { keySet, clock, fetchCounts } = createTestKeySet(
    () => document,
    () => 1,
  )
  await keySet.start()
  await clock.advance(5.4 * MINUTE_MS)
  document.keys = []
  const countOutcomes = async (seconds: number) => {
    const counts = new Map<string, number>()
    for (let i = 0; i < seconds; i++) {
      await clock.advance(1_000)
      const outcome = await lookupOutcome(keySet.find('k'))
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    }
    return counts
  }
  expect([...(await countOutcomes(3_600))]).toEqual([['found', 3_600]])
  const afterOutage = await countOutcomes(3_600)
  expect(afterOutage.get('UNAUTHENTICATED')).toBeUndefined()
  expect(afterOutage.get('SERVICE_UNAVAILABLE')).toBeGreaterThan(3_000)
  // The backoff reaches one minute.
  expect(fetchCounts.failed).toBeGreaterThan(40)
  expect(fetchCounts.failed).toBeLessThan(200)
  document.keys = validKeys
  await clock.advance(2 * MINUTE_MS)
  expect(await lookupOutcome(keySet.find('k'))).toBe('found')
})

test('finds a known key at once while a fetch hangs', async () => {
  const document = { keys: [await createPublicJwk('k')] }
  let hangs = false
  const { keySet, clock } = createTestKeySet(() => (hangs ? new Promise(() => undefined) : document))
  await keySet.start()
  hangs = true
  await clock.advance(6 * MINUTE_MS)
  await keySet.find('k')
})

test('does not wait for the next fetch after a failed one', async () => {
  let fetchDocument: () => unknown = () => ({ keys: [] })
  const { keySet, clock } = createTestKeySet(() => fetchDocument())
  await keySet.start()
  fetchDocument = () => new Promise(() => undefined)
  await clock.advance(2_000)
  expect(await lookupOutcome(keySet.find('k'))).toBe('SERVICE_UNAVAILABLE')
})

test('fetches nothing after stop, not even after a fetch that was in flight', async () => {
  const document = { keys: [await createPublicJwk('k')] }
  const { keySet, clock, fetchCounts } = createTestKeySet(() => document)
  const started = keySet.start()
  keySet.stop()
  await started
  await clock.advance(60 * MINUTE_MS)
  expect(fetchCounts.ok).toBe(1)
})

test('spreads the refreshes of several processes', async () => {
  const document = { keys: [await createPublicJwk('k')] }
  const measureRefreshSeconds = async (random: number) => {
    const { keySet, clock, fetchCounts } = createTestKeySet(
      () => document,
      () => random,
    )
    await keySet.start()
    let seconds = 0
    for (; fetchCounts.ok < 2; seconds++) await clock.advance(1_000)
    return seconds
  }
  expect([await measureRefreshSeconds(0), await measureRefreshSeconds(1)]).toEqual([270, 330])
})

test('drops a key that is withdrawn or replaced at the next fetch', async () => {
  const document = { keys: [await createPublicJwk('a'), await createPublicJwk('b')] }
  const { keySet, clock } = createTestKeySet(() => document)
  await keySet.start()
  await clock.advance(6 * MINUTE_MS)
  expect(keySet.generation).toBe(1)
  const firstKey = await keySet.find('b')
  document.keys.shift()
  await clock.advance(6 * MINUTE_MS)
  expect(keySet.generation).toBe(2)
  expect(await lookupOutcome(keySet.find('a'))).toBe('UNAUTHENTICATED')
  document.keys = [await createPublicJwk('b')]
  await clock.advance(6 * MINUTE_MS)
  expect(keySet.generation).toBe(3)
  expect((await keySet.find('b')).equals(firstKey)).toBe(false)
})

test('retries a failed start soon, and fetches nothing by itself before the start', async () => {
  const document: { keys: unknown[] } = { keys: [] }
  const { keySet, clock, fetchCounts } = createTestKeySet(() => document)
  expect(await lookupOutcome(keySet.find('k'))).toBe('SERVICE_UNAVAILABLE')
  await clock.advance(10 * MINUTE_MS)
  expect(fetchCounts.failed).toBe(1)
  await keySet.start()
  document.keys = [await createPublicJwk('k')]
  await clock.advance(5_000)
  expect(fetchCounts.ok).toBe(1)
})

test('does not refresh while a fetch is in flight', async () => {
  const document = { keys: [await createPublicJwk('k')] }
  let calls = 0
  let finishFetch = (_: unknown) => {}
  const { keySet, clock } = createTestKeySet(() => {
    calls += 1
    return calls === 1
      ? document
      : new Promise((resolve) => {
          finishFetch = resolve
        })
  })
  await keySet.start()
  await clock.advance(4 * MINUTE_MS)
  const pending = lookupOutcome(keySet.find('u'))
  await clock.advance(2 * MINUTE_MS)
  finishFetch(document)
  expect([await pending, calls]).toEqual(['UNAUTHENTICATED', 2])
})

test.each(UNUSABLE_KEY_SETS)(
  '$id never replaces a usable key set with an unusable one: $title',
  async ({ id, createDocument }) => {
    const usable = await createPublicJwk('good')
    let document: unknown = { keys: [usable] }
    const { keySet, clock, fetchCounts } = createTestKeySet(() => document)
    await keySet.start()
    document = await createDocument()
    await clock.advance(6 * MINUTE_MS)
    expect(fetchCounts.failed).toBeGreaterThan(0)
    await keySet.find('good')
    const keys = (document as { keys?: unknown } | null)?.keys
    // A list that is too long is rejected as a whole.
    if (!Array.isArray(keys) || id === 'auth/K15') return
    document = { keys: [...keys, usable] }
    await clock.advance(6 * MINUTE_MS)
    await keySet.find('good')
    expect(fetchCounts.ok).toBeGreaterThan(1)
    expect(keySet.size).toBe(1)
  },
)
