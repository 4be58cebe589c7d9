import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { createQueryIds } from '../../src/graphql/apollo-fast-paths.ts'

/** Returns the key by which Apollo Server looks up an id. */
const keyOf = (id: string) => `apq:${id}`

test('query-ids/N01 assigns each text one id', async () => {
  const { assignQueryId, cache } = createQueryIds()
  const [one, other] = [assignQueryId('{ a }'), assignQueryId('{ b }')]
  expect(assignQueryId('{ a }')).toBe(one)
  expect(other).not.toBe(one)
  expect(await cache.get(keyOf(one))).toBe('{ a }')
  expect(await cache.get(keyOf(other))).toBe('{ b }')
})

test('query-ids/N02 does not know the ids of another server', async () => {
  const name = createQueryIds().assignQueryId('{ a }')
  const { assignQueryId, cache } = createQueryIds()
  assignQueryId('{ b }')
  expect(await cache.get(keyOf(name))).toBeUndefined()
})

test('query-ids/N03 finds an evicted text until the end of the turn', async () => {
  const { assignQueryId, cache } = createQueryIds()
  const first = assignQueryId('{ first }')
  for (let i = 0; i < 5_000; i++) assignQueryId(`{ a${i} }`)
  expect(await cache.get(keyOf(first))).toBe('{ first }')
  await turn()
  await turn()
  expect(await cache.get(keyOf(first))).toBeUndefined()
  expect(assignQueryId('{ first }')).not.toBe(first)
})

test('query-ids/N04 finds a text that is too large for the cache until the end of the turn', async () => {
  const { assignQueryId, cache } = createQueryIds()
  const large = `{ ${'a '.repeat(1_000_000)}}`
  const name = assignQueryId(large)
  expect(await cache.get(keyOf(name))).toBe(large)
  await turn()
  await turn()
  expect(await cache.get(keyOf(name))).toBeUndefined()
})

test('query-ids/N05 finds registered texts by their hash, but not by an id', async () => {
  const { assignQueryId, findRegistered, cache } = createQueryIds()
  await cache.set('apq:abc', '{ a }')
  expect(findRegistered('abc')).toBe('{ a }')
  expect(await cache.get('apq:abc')).toBeUndefined()
  expect(assignQueryId('{ a }')).not.toBe('abc')
  expect(await cache.delete('apq:abc')).toBe(true)
  expect(findRegistered('abc')).toBeUndefined()
})

test('query-ids/N06 keeps only the new id of a text that was evicted and identified again in one turn', async () => {
  const { assignQueryId, cache } = createQueryIds()
  const fill = () => Array.from({ length: 5_000 }, (_, i) => assignQueryId(`{ a${i} }`))
  const before = assignQueryId('{ first }')
  fill()
  const after = assignQueryId('{ first }')
  expect(after).not.toBe(before)
  await turn()
  await turn()
  expect(await cache.get(keyOf(before))).toBeUndefined()
  expect(await cache.get(keyOf(after))).toBe('{ first }')
})
