import { expect, test } from '@jest/globals'
import { parse } from 'graphql'
import { createDocumentCache } from '../../src/graphql/document-cache.ts'
import { createDocumentStore } from '../../src/graphql/document-store.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { EMPTY_DOCUMENT_SIZE } from '../support/empty-document-size.ts'

const schema = loadSchema()
const OPTIONS = { allowsIntrospection: true, hideSuggestions: false, maxErrors: 5 }

type StoreCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  readonly allowsIntrospection?: boolean
  readonly found: 'document' | 'empty' | 'nothing'
}

const STORE_CASES: readonly StoreCase[] = [
  { id: 'document-store/DS3', title: 'a valid document', query: '{ book(id: 1) { id } }', found: 'document' },
  { id: 'document-store/DS4', title: 'an unknown field', query: '{ book(id: 1) { x } }', found: 'empty' },
  { id: 'document-store/DS5', title: 'a wrong value', query: '{ book(id: {}) { id } }', found: 'empty' },
  {
    id: 'document-store/DS6',
    title: 'introspection',
    query: '{ __type(name: "Book") { name } }',
    found: 'document',
  },
  {
    id: 'document-store/DS7',
    title: 'introspection that is off',
    query: '{ ...F } fragment F on Query { __schema { queryType { name } } }',
    allowsIntrospection: false,
    found: 'nothing',
  },
  {
    id: 'document-store/DS8',
    title: 'a type name while introspection is off',
    query: '{ __typename }',
    allowsIntrospection: false,
    found: 'document',
  },
]
test.each(STORE_CASES)('$id $title', async ({ query, allowsIntrospection = true, found }) => {
  const documents = createDocumentCache()
  const { document, id } = documents.add(query, parse(query), EMPTY_DOCUMENT_SIZE)
  const { documentStore } = createDocumentStore(schema, documents, { ...OPTIONS, allowsIntrospection })
  const expected = { document, empty: { kind: 'Document', definitions: [] }, nothing: undefined }
  for (const _ of ['first', 'second']) expect(await documentStore.get(`hash:${id}`)).toEqual(expected[found])
})

test('document-store/DS9 stores the documents that Apollo Server has parsed itself', async () => {
  const { documentStore: store } = createDocumentStore(schema, createDocumentCache(), OPTIONS)
  const document = parse('{ __typename }')
  await store.set('hash:abc', document)
  expect(await store.get('hash:abc')).toBe(document)
  await store.delete('hash:abc')
  expect(await store.get('hash:abc')).toBeUndefined()
})
