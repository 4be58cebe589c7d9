import { expect, test } from '@jest/globals'
import { exportJWK, generateKeyPair } from 'jose'
import { Refusal } from '../../src/refusal.ts'
import { cached } from '../../src/token/cache.ts'
import { KeySet } from '../../src/token/keys.ts'

const jwkOf = async (kid: string) => ({
  ...(await exportJWK((await generateKeyPair('RS256')).publicKey)),
  kid,
  alg: 'RS256',
})

function keySet(documents: () => unknown) {
  const clock = { ms: 1_000_000 }
  const count = { fetches: 0, failures: 0 }
  const keys = new KeySet({
    async fetchKeys() {
      count.fetches += 1
      return documents()
    },
    now: () => clock.ms,
    random: () => 0.5,
    onFailure: () => {
      count.failures += 1
    },
  })
  return { keys, clock, count }
}

const codeOf = (error: unknown) => (error instanceof Refusal ? error.details.code : String(error))

test('500 first tokens of a new key cause one fetch', async () => {
  const document = { keys: [await jwkOf('old')] }
  const { keys, clock, count } = keySet(() => document)
  await keys.find('old')
  document.keys.push(await jwkOf('new'))
  clock.ms += 31_000
  await Promise.all(Array.from({ length: 500 }, () => keys.find('new')))
  expect(count.fetches).toBe(2)
  expect(keys.generation).toBe(2)
})

test('an outage: known keys serve for an hour, then 503, never 401; then it recovers', async () => {
  const document: { keys: unknown[] } = { keys: [await jwkOf('k')] }
  const good = [...document.keys]
  const { keys, clock, count } = keySet(() => document)
  await keys.find('k')
  document.keys = []
  for (let minute = 0; minute < 59; minute += 1) {
    clock.ms += 60_000
    await keys.find('k')
    await expect(keys.find('other')).rejects.toMatchObject({ details: { code: 'UNAUTHENTICATED' } })
  }
  expect(count.failures).toBe(59)
  clock.ms += 120_000
  expect(codeOf(await keys.find('k').catch((error) => error))).toBe('SERVICE_UNAVAILABLE')
  document.keys = good
  clock.ms += 60_000
  await keys.find('k')
})

test('a set without a usable key never replaces a good one', async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const short = { kty: 'RSA', kid: 'k', n: 'AQAB', e: 'AQAB' }
  const documents: unknown[] = [
    { keys: [] },
    {},
    null,
    { keys: [short] },
    { keys: Array(21).fill(await exportJWK(privateKey)) },
  ]
  const good = { keys: [await jwkOf('k')] }
  let current: unknown = good
  const { keys, clock } = keySet(() => current)
  await keys.find('k')
  for (current of documents) {
    clock.ms += 31_000
    await expect(keys.find('x')).rejects.toMatchObject({ details: { code: 'UNAUTHENTICATED' } })
    await keys.find('k')
  }
})

test('a verified token is remembered, not past its expiry, nor a minute, nor its key set', async () => {
  const state = { ms: 0, generation: 1, calls: 0 }
  const verify = cached(
    async () => {
      state.calls += 1
      if (state.ms >= 90_000) throw new Error('expired')
      return { subject: 's', client: 'c', scopes: new Set<string>(), expiresAt: 90 }
    },
    { now: () => state.ms, generation: () => state.generation },
  )
  const callsAt = async (ms: number) => {
    state.ms = ms
    await verify('t')
    return state.calls
  }
  expect([await callsAt(0), await callsAt(59_999), await callsAt(60_000), await callsAt(89_999)]).toEqual([
    1, 1, 2, 2,
  ])
  state.generation = 2
  expect(await callsAt(89_999)).toBe(3)
  await expect(callsAt(90_000)).rejects.toThrow('expired')
  await expect(callsAt(90_001)).rejects.toThrow('expired')
  expect(state.calls).toBe(5)
})
