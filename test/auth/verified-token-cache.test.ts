import { expect, test } from '@jest/globals'
import type { Caller } from '../../src/auth/caller.ts'
import { cacheVerifiedTokens } from '../../src/auth/verified-token-cache.ts'
import { createTestClock } from '../support/test-clock.ts'

/** A check that counts its calls, behind the cache; its caller ends 90 s from the start. */
function counted(limit = 100) {
  const clock = createTestClock()
  const state = { generation: 1, calls: 0, hits: 0, during: async () => {} }
  const expiresAt = clock.now() / 1000 + 90
  const verify = cacheVerifiedTokens(
    async (): Promise<Caller> => {
      state.calls += 1
      await state.during()
      if (clock.now() / 1000 >= expiresAt) throw new Error('expired')
      return { subject: 's', client: 'c', scopes: new Set<string>(), expiresAt }
    },
    {
      clock,
      limit,
      generation: () => state.generation,
      onHit: () => {
        state.hits += 1
      },
    },
  )
  return { clock, state, verify }
}

test('T36a a verified token is remembered, not past a minute, nor its expiry', async () => {
  const { clock, state, verify } = counted()
  for (const [pass, calls] of [
    [0, 1],
    [59_999, 1],
    [1, 2],
    [29_999, 2],
  ] as const) {
    await clock.advance(pass)
    await verify('t')
    expect(state.calls).toBe(calls)
  }
  await clock.advance(1)
  await expect(verify('t')).rejects.toThrow('expired')
  await expect(verify('t')).rejects.toThrow('expired')
  expect([state.calls, state.hits]).toEqual([4, 2])
})

test('T36b a clock that is set back makes no minute longer', async () => {
  const { clock, state, verify } = counted()
  await verify('t')
  clock.shiftWallClock(-3_600_000)
  await clock.advance(60_000)
  await verify('t')
  expect(state.calls).toBe(2)
})

test('T36c another key set: what the last one signed is forgotten, also what was being checked meanwhile', async () => {
  const { state, verify } = counted()
  await verify('t')
  state.generation = 2
  await verify('t')
  expect(state.calls).toBe(2)
  // While u is being checked the keys change, and another token empties the memory.
  let finish = () => {}
  state.during = () =>
    new Promise((done) => {
      finish = done
    })
  const slow = verify('u')
  state.generation = 3
  state.during = async () => {}
  await verify('t')
  finish()
  await slow
  await verify('u')
  await verify('u')
  expect([state.calls, state.hits]).toEqual([5, 1])
})

test('T36d the longest unused goes first, and a refusal is not kept', async () => {
  const { clock, state, verify } = counted(2)
  for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await verify(token)
  expect(state.calls).toBe(4)
  await clock.advance(90_000)
  for (const token of ['d', 'd']) await expect(verify(token)).rejects.toThrow('expired')
  expect(state.calls).toBe(6)
})
