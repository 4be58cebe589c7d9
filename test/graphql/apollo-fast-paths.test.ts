import { expect, test } from '@jest/globals'
import { parse } from 'graphql'
import { createDocumentStore, createQueryCache } from '../../src/graphql/apollo-fast-paths.ts'
import { createDocumentCache } from '../../src/graphql/document-cache.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'

const schema = loadSchema()
const SIZE = {
  tokenCount: 0,
  nameLength: 0,
  aliasCount: 0,
  directiveCount: 0,
  duplicateDirective: undefined,
  mergePairCount: 0,
  operations: [],
}

test('query-cache/N04 finds the texts of cached documents by their id', async () => {
  const documents = createDocumentCache()
  const { cache } = createQueryCache(documents)
  const { id } = documents.add('{ a }', parse('{ a }'), SIZE)
  expect(await cache.get(`apq:${id}`)).toBe('{ a }')
})

test('query-cache/N05 finds registered texts by their hash, but not by an id', async () => {
  const { findRegistered, cache } = createQueryCache(createDocumentCache())
  await cache.set('apq:abc', '{ a }')
  expect(findRegistered('abc')).toBe('{ a }')
  expect(await cache.get('apq:abc')).toBeUndefined()
  expect(await cache.delete('apq:abc')).toBe(true)
  expect(findRegistered('abc')).toBeUndefined()
})

type StoreCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  readonly allowsIntrospection?: boolean
  readonly isFound: boolean
}

const STORE_CASES: readonly StoreCase[] = [
  { id: 'document-store/DS3', title: 'a valid document', query: '{ book(id: 1) { id } }', isFound: true },
  { id: 'document-store/DS4', title: 'an unknown field', query: '{ book(id: 1) { x } }', isFound: false },
  { id: 'document-store/DS5', title: 'a wrong value', query: '{ book(id: {}) { id } }', isFound: false },
  {
    id: 'document-store/DS6',
    title: 'introspection',
    query: '{ __type(name: "Book") { name } }',
    isFound: true,
  },
  {
    id: 'document-store/DS7',
    title: 'introspection that is off',
    query: '{ ...F } fragment F on Query { __schema { queryType { name } } }',
    allowsIntrospection: false,
    isFound: false,
  },
  {
    id: 'document-store/DS8',
    title: 'a type name while introspection is off',
    query: '{ __typename }',
    allowsIntrospection: false,
    isFound: true,
  },
]
test.each(STORE_CASES)('$id $title', async ({ query, allowsIntrospection = true, isFound }) => {
  const documents = createDocumentCache()
  const { document, id } = documents.add(query, parse(query), SIZE)
  const store = createDocumentStore(schema, documents, allowsIntrospection)
  for (const _ of ['first', 'second'])
    expect(await store.get(`hash:${id}`)).toBe(isFound ? document : undefined)
})

test('document-store/DS9 stores the documents that Apollo Server has parsed itself', async () => {
  const store = createDocumentStore(schema, createDocumentCache(), true)
  const document = parse('{ __typename }')
  await store.set('hash:abc', document)
  expect(await store.get('hash:abc')).toBe(document)
  await store.delete('hash:abc')
  expect(await store.get('hash:abc')).toBeUndefined()
})
