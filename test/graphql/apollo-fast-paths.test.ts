import { expect, test } from '@jest/globals'
import { parse } from 'graphql'
import { createQueryCache } from '../../src/graphql/apollo-fast-paths.ts'
import { createDocumentCache } from '../../src/graphql/document-cache.ts'
import { EMPTY_DOCUMENT_SIZE } from '../support/empty-document-size.ts'

test('query-cache/N04 finds the texts of cached documents by their id', async () => {
  const documents = createDocumentCache()
  const { cache } = createQueryCache(documents)
  const { id } = documents.add('{ a }', parse('{ a }'), EMPTY_DOCUMENT_SIZE)
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
