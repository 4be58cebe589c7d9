import { expect, test } from '@jest/globals'
import { cacheVerifiedTokens } from '../../src/auth/verified-token-cache.ts'
import type { Caller } from '../../src/auth/verify-token.ts'
import { createTestClock } from '../support/test-clock.ts'

/** Creates a cache over a verification that counts its calls. Its caller expires 90 s after the start. */
function createCountingCache(maxEntries = 100) {
  const clock = createTestClock()
  const state = { generation: 1, calls: 0, hits: 0, beforeVerified: async () => {} }
  const expiresAt = clock.now() / 1000 + 90
  const verifyToken = cacheVerifiedTokens(
    async (): Promise<Caller> => {
      state.calls += 1
      await state.beforeVerified()
      if (clock.now() / 1000 >= expiresAt) throw new Error('expired')
      return { subject: 's', client: 'c', scopes: new Set<string>(), expiresAt }
    },
    {
      clock,
      maxEntries,
      getKeySetGeneration: () => state.generation,
      onHit: () => {
        state.hits += 1
      },
    },
  )
  return { clock, state, verifyToken }
}

test('auth/T36a caches a verified token for a minute, but not past its expiry', async () => {
  const { clock, state, verifyToken } = createCountingCache()
  for (const { advanceMs, calls } of [
    { advanceMs: 0, calls: 1 },
    { advanceMs: 59_999, calls: 1 },
    { advanceMs: 1, calls: 2 },
    { advanceMs: 29_999, calls: 2 },
  ]) {
    await clock.advance(advanceMs)
    await verifyToken('t')
    expect(state.calls).toBe(calls)
  }
  await clock.advance(1)
  await expect(verifyToken('t')).rejects.toThrow('expired')
  await expect(verifyToken('t')).rejects.toThrow('expired')
  expect([state.calls, state.hits]).toEqual([4, 2])
})

test('auth/T36b does not cache longer when the wall clock is set back', async () => {
  const { clock, state, verifyToken } = createCountingCache()
  await verifyToken('t')
  clock.shiftWallClock(-3_600_000)
  await clock.advance(60_000)
  await verifyToken('t')
  expect(state.calls).toBe(2)
})

test('auth/T36c drops all tokens when the key set changes, including those being verified', async () => {
  const { state, verifyToken } = createCountingCache()
  await verifyToken('t')
  state.generation = 2
  await verifyToken('t')
  expect(state.calls).toBe(2)
  // The key set changes during the verification of `u`, and another token clears the cache.
  let finish = () => {}
  state.beforeVerified = () =>
    new Promise((resolve) => {
      finish = resolve
    })
  const pending = verifyToken('u')
  state.generation = 3
  state.beforeVerified = async () => {}
  await verifyToken('t')
  finish()
  await pending
  await verifyToken('u')
  await verifyToken('u')
  expect([state.calls, state.hits]).toEqual([5, 1])
})

test('auth/T36d evicts the least recently used token, and does not cache rejections', async () => {
  const { clock, state, verifyToken } = createCountingCache(2)
  for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await verifyToken(token)
  expect(state.calls).toBe(4)
  await clock.advance(90_000)
  for (const token of ['d', 'd']) await expect(verifyToken(token)).rejects.toThrow('expired')
  expect(state.calls).toBe(6)
})
