import { expect, test } from '@jest/globals'
import { parse } from 'graphql'
import { createDocumentStore } from '../../src/graphql/document-store.ts'

const MANY = 20_000

test('document-store/DS1 evicts old documents, however short they are', async () => {
  const store = createDocumentStore()
  await store.set('first', parse('{ a }'))
  expect(await store.get('first')).toMatchObject({ kind: 'Document' })
  for (let i = 0; i < MANY; i++) await store.set(`k${i}`, parse('{ a }'))
  expect(await store.get('first')).toBeUndefined()
  expect(await store.get('k0')).toBeUndefined()
  expect(await store.get(`k${MANY - 1}`)).toBeDefined()
  await store.delete(`k${MANY - 1}`)
  expect(await store.get(`k${MANY - 1}`)).toBeUndefined()
})

test('document-store/DS2 stores fewer documents the more tokens they have', async () => {
  const store = createDocumentStore()
  const deep = `{ ${'...{'.repeat(600)}a${'}'.repeat(601)}`
  for (let i = 0; i < 200; i++) await store.set(`k${i}`, parse(deep))
  const stored = await Promise.all(Array.from({ length: 200 }, (_, i) => store.get(`k${i}`)))
  // 0.7 MB of heap each.
  expect(stored.filter((document) => document !== undefined).length).toBe(43)
})
