import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { createQueryIds } from '../../src/graphql/apollo-fast-paths.ts'

/** As Apollo Server asks. */
const keyOf = (name: string) => `apq:${name}`

test('N01 a text has one name, two have two, and each is found by its own', async () => {
  const { assignQueryId, cache } = createQueryIds()
  const [one, other] = [assignQueryId('{ a }'), assignQueryId('{ b }')]
  expect(assignQueryId('{ a }')).toBe(one)
  expect(other).not.toBe(one)
  expect(await cache.get(keyOf(one))).toBe('{ a }')
  expect(await cache.get(keyOf(other))).toBe('{ b }')
})

test('N02 names of one server are nothing to another', async () => {
  const name = createQueryIds().assignQueryId('{ a }')
  const { assignQueryId, cache } = createQueryIds()
  assignQueryId('{ b }')
  expect(await cache.get(keyOf(name))).toBeUndefined()
})

test('N03 the text is there for whoever was given its name in the same turn, however many follow', async () => {
  const { assignQueryId, cache } = createQueryIds()
  const first = assignQueryId('{ first }')
  for (let i = 0; i < 5_000; i++) assignQueryId(`{ a${i} }`)
  expect(await cache.get(keyOf(first))).toBe('{ first }')
  await turn()
  await turn()
  expect(await cache.get(keyOf(first))).toBeUndefined()
  expect(assignQueryId('{ first }')).not.toBe(first)
})

test('N04 a text that is larger than all that is kept is found in its turn, and forgotten', async () => {
  const { assignQueryId, cache } = createQueryIds()
  const large = `{ ${'a '.repeat(1_000_000)}}`
  const name = assignQueryId(large)
  expect(await cache.get(keyOf(name))).toBe(large)
  await turn()
  await turn()
  expect(await cache.get(keyOf(name))).toBeUndefined()
})

test('N05 what clients register is kept by their names', async () => {
  const { assignQueryId, findRegistered, cache } = createQueryIds()
  await cache.set('apq:abc', '{ a }')
  expect(findRegistered('abc')).toBe('{ a }')
  expect(await cache.get('apq:abc')).toBeUndefined()
  expect(assignQueryId('{ a }')).not.toBe('abc')
  expect(await cache.delete('apq:abc')).toBe(true)
  expect(findRegistered('abc')).toBeUndefined()
})

test('N06 a text that is forgotten and named anew in one turn has its new name alone', async () => {
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
