import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { parse } from 'graphql'
import { createDocumentCache } from '../../src/graphql/document-cache.ts'

const MANY = 20_000
const SIZE = { tokenCount: 0, nameLength: 0, aliasCount: 0, directiveCount: 0, mergePairCount: 0 }

/** Creates a cache whose documents have no operation of any size. */
function createCache() {
  const { add, ...cache } = createDocumentCache()
  const size = { ...SIZE, duplicateDirective: undefined, operations: [] }
  return { ...cache, add: (text: string) => add(text, parse(text), size) }
}

test('document-cache/DS1 evicts old documents, however short they are', () => {
  const { add, find } = createCache()
  add('{ first }')
  expect(find('{ first }')?.document).toMatchObject({ kind: 'Document' })
  for (let i = 0; i < MANY; i++) add(`{ a${i} }`)
  expect(find('{ first }')).toBeUndefined()
  expect(find('{ a0 }')).toBeUndefined()
  expect(find(`{ a${MANY - 1} }`)).toBeDefined()
})

test('document-cache/DS2 keeps fewer documents the more tokens they have', () => {
  const { add, find } = createCache()
  const texts = Array.from({ length: 200 }, (_, i) => `{ ${'...{'.repeat(600)}a${i}${'}'.repeat(601)}`)
  for (const text of texts) add(text)
  // 0.7 MB of heap each.
  expect(texts.filter((text) => find(text)).length).toBe(52)
})

test('document-cache/N01 assigns each text one id', () => {
  const { add, find, findById } = createCache()
  const [one, other] = [add('{ a }'), add('{ b }')]
  expect(find('{ a }')).toBe(one)
  expect(other.id).not.toBe(one.id)
  expect(findById(one.id)?.text).toBe('{ a }')
  expect(findById(other.id)?.text).toBe('{ b }')
})

test('document-cache/N02 does not know the ids of another server', () => {
  const { id } = createCache().add('{ a }')
  const { add, findById } = createCache()
  add('{ b }')
  expect(findById(id)).toBeUndefined()
})

test('document-cache/N03 finds an evicted id until the end of the turn', async () => {
  const { add, find, findById } = createCache()
  const first = add('{ first }')
  for (let i = 0; i < MANY; i++) add(`{ a${i} }`)
  expect(find('{ first }')).toBeUndefined()
  expect(findById(first.id)).toBe(first)
  const again = add('{ first }')
  expect(again.id).not.toBe(first.id)
  await turn()
  await turn()
  expect(findById(first.id)).toBeUndefined()
  expect(findById(again.id)).toBe(again)
})
