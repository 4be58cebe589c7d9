import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { parse } from 'graphql'
import { createDocumentCache } from '../../src/graphql/document-cache.ts'
import { EMPTY_DOCUMENT_SIZE } from '../support/empty-document-size.ts'

const MANY = 20_000
const DEEP = Array.from({ length: 200 }, (_, i) => `{ ${'...{'.repeat(600)}a${i}${'}'.repeat(601)}`)

/** Creates a cache that adds documents by their text. */
function createCache() {
  const { add: addDocument, ...cache } = createDocumentCache()
  const add = (text: string) => addDocument(text, parse(text), EMPTY_DOCUMENT_SIZE)
  /** Adds a document a second time, so that it is kept. */
  async function keep(text: string) {
    add(text)
    await turn()
    return add(text)
  }
  return { ...cache, add, keep }
}

test('document-cache/DS1 evicts old documents, however short they are', async () => {
  const { keep, find } = createCache()
  const { document } = await keep('{ first }')
  expect(find('{ first }')?.document).toBe(document)
  for (let i = 0; i < MANY; i++) await keep(`{ a${i} }`)
  await turn()
  expect(find('{ first }')).toBeUndefined()
  expect(find('{ a0 }')).toBeUndefined()
  expect(find(`{ a${MANY - 1} }`)).toBeDefined()
})

test('document-cache/DS2 keeps fewer documents the more tokens they have', async () => {
  const { keep, find } = createCache()
  for (const text of DEEP) await keep(text)
  await turn()
  // 0.7 MB of heap each.
  expect(DEEP.filter((text) => find(text)).length).toBe(52)
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

test('document-cache/N03 finds a document that came once until the end of the turn', async () => {
  const { add, find, findById } = createCache()
  const first = add('{ first }')
  expect(find('{ first }')).toBe(first)
  await turn()
  expect(find('{ first }')).toBeUndefined()
  expect(findById(first.id)).toBeUndefined()
  const again = add('{ first }')
  expect(again.id).not.toBe(first.id)
  await turn()
  expect(find('{ first }')).toBe(again)
  expect(findById(again.id)).toBe(again)
})

test('document-cache/N06 finds an evicted document until the end of the turn', async () => {
  const { add, keep, find, findById } = createCache()
  const first = await keep('{ first }')
  for (const text of [...DEEP, ...DEEP]) add(text)
  expect(find('{ first }')).toBe(first)
  expect(findById(first.id)).toBe(first)
  await turn()
  expect(find('{ first }')).toBeUndefined()
  expect(findById(first.id)).toBeUndefined()
})

test('document-cache/N07 evicts no document for many that come once', async () => {
  const { add, keep, find } = createCache()
  const first = await keep('{ first }')
  for (let i = 0; i < MANY; i++) add(`{ a${i} }`)
  await turn()
  expect(find('{ first }')).toBe(first)
})

test('document-cache/N08 holds a limited number of documents in a turn that does not end', () => {
  const { add, find, findById } = createCache()
  const added = Array.from({ length: 600 }, (_, i) => add(`{ a${i} }`))
  const found = added.filter(({ id, text }) => findById(id) && find(text))
  expect(found).toEqual(added.slice(-500))
})
