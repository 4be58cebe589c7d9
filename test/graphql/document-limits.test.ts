import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { getIntrospectionQuery, parse } from 'graphql'
import { parseConfig } from '../../src/config/config.ts'
import { createCheckDocument } from '../../src/graphql/document-limits.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { countMergePairs } from '../../src/graphql/merge-pairs.ts'
import {
  ADMIN_SCOPE,
  postBody,
  READ_SCOPE,
  type Service,
  sendRequest,
  startService,
} from '../support/service.ts'

const book = (count: number, key: (i: number) => string) =>
  `{ ${Array.from({ length: count }, (_, i) => `${key(i)} book(id: 1) { id }`).join(' ')} }`
const deep = (levels: number) =>
  `{ book(id: 1) ${'{ ...on Book '.repeat(levels)}{ id }${'}'.repeat(levels + 1)}`
const DEFAULTED = (n: number) => `query ($n: Int = ${n}) { books(first: $n) { id } }`
const PAGED = 'query ($n: Int) { books(first: $n) { id } }'

type LimitCase = {
  readonly setting: string
  readonly value: string
  /** A document at the limit. */
  readonly within: string
  /** A document above the limit. */
  readonly past: string
  readonly withinVariables?: unknown
  readonly pastVariables?: unknown
}

const LIMITS: readonly LimitCase[] = [
  {
    setting: 'TOKEN_LIMIT',
    value: '9',
    within: '{ book(id: 1) { id } }'.replace('(id: 1)', ''),
    past: '{ book(id: 1) { id } }',
  },
  {
    setting: 'DEPTH_LIMIT',
    value: '3',
    within: '{ booksConnection { edges { cursor } } }',
    past: '{ booksConnection { edges { node { id } } } }',
  },
  {
    setting: 'DEPTH_LIMIT',
    value: '3',
    within: '{ booksConnection { ...F } } fragment F on BookConnection { edges { cursor } }',
    past: '{ booksConnection { ...F } } fragment F on BookConnection { edges { ...G } } fragment G on BookEdge { node { id } }',
  },
  { setting: 'ALIAS_LIMIT', value: '2', within: book(2, (i) => `a${i}:`), past: book(3, (i) => `a${i}:`) },
  {
    setting: 'ROOT_FIELD_LIMIT',
    value: '2',
    within: book(2, (i) => `a${i}:`),
    past: book(3, (i) => `a${i}:`),
  },
  {
    setting: 'ROOT_FIELD_LIMIT',
    value: '1',
    within: '{ ...F } fragment F on Query { book(id: 1) { id } }',
    past: '{ ...F } fragment F on Query { book(id: 1) { id } books { id } }',
  },
  {
    setting: 'DIRECTIVE_LIMIT',
    value: '1',
    within: '{ book(id: 1) { id @skip(if: false) } }',
    past: '{ book(id: 1) { id @skip(if: false) @include(if: true) } }',
  },
  {
    setting: 'TOKEN_LIMIT',
    value: '9',
    within: `{ book { ${'\r\n'.repeat(8)} id } }`,
    past: `{ book { ${'\n'.repeat(9)} id } }`,
  },
  {
    setting: 'MERGE_LIMIT',
    value: '3',
    within: `{ booksConnection { ${'edges { cursor } '.repeat(3)} } }`,
    past: `{ booksConnection { ${'edges { cursor } '.repeat(4)} } }`,
  },
  {
    setting: 'MERGE_LIMIT',
    value: '3',
    within: '{ booksConnection { edges { cursor cursor: cursor cursor cursor: cursor } } }',
    past: '{ booksConnection { edges { cursor cursor: cursor cursor cursor: cursor cursor: node } } }',
  },
  {
    setting: 'MERGE_LIMIT',
    value: '3',
    within: '{ ...A ...B ...C } fragment A on Query { __typename }',
    past: '{ ...A ...B ...C ...D } fragment A on Query { __typename }',
  },
  {
    setting: 'COST_LIMIT',
    value: '12',
    within: '{ booksConnection(last: 10) { edges { cursor } } }',
    past: '{ booksConnection(last: 10) { edges { cursor node { id } } } }',
  },
  {
    setting: 'COST_LIMIT',
    value: '101',
    within: '{ books(first: 100) { id } }',
    past: '{ books(first: 51) { id title } }',
  },
  { setting: 'COST_LIMIT', value: '51', within: '{ books { id } }', past: '{ books { id title } }' },
  {
    setting: 'COST_LIMIT',
    value: '51',
    within: PAGED,
    past: PAGED,
    withinVariables: { n: 50 },
    pastVariables: { n: 51 },
  },
  {
    setting: 'COST_LIMIT',
    value: '51',
    within: PAGED,
    past: PAGED,
    withinVariables: {},
    pastVariables: { n: 100 },
  },
  { setting: 'COST_LIMIT', value: '51', within: DEFAULTED(50), past: DEFAULTED(51) },
  {
    setting: 'COST_LIMIT',
    value: '12',
    within: '{ booksConnection(first: 10) { edges { cursor } } }',
    past: '{ booksConnection(first: 10) { edges { cursor node { id } } } }',
  },
]

describe('document-limits/T33', () => {
  let service: Service
  afterEach(() => service.close())

  test.each(LIMITS)('$setting=$value accepts $within and rejects $past', async (limit) => {
    const { setting, within, past, withinVariables, pastVariables = {} } = limit
    service = await startService({ [setting]: limit.value })
    const token = await service.tokenFor(READ_SCOPE)
    const first = await service.graphql(within, token, withinVariables)
    expect(first.json.errors?.[0]?.extensions.code).not.toBe('LIMIT_EXCEEDED')
    const second = await service.graphql(past, token, pastVariables)
    expect([second.status, second.json.errors?.[0]?.extensions.code]).toEqual([413, 'LIMIT_EXCEEDED'])
    expect(second.json.errors?.[0]?.message).toContain(setting)
    const search = `?${new URLSearchParams({ query: past, variables: JSON.stringify(pastVariables) })}`
    const headers = { authorization: `Bearer ${token}` }
    expect((await sendRequest(`${service.apiUrl}/graphql${search}`, { headers })).status).toBe(413)
  })
})

test('applies COST_LIMIT to the variables of a persisted query', async () => {
  const service = await startService({ COST_LIMIT: '51' })
  const token = await service.tokenFor(READ_SCOPE)
  const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(PAGED).digest('hex') }
  const ask = (request: object) =>
    postBody(
      `${service.apiUrl}/graphql`,
      JSON.stringify({ extensions: { persistedQuery }, ...request }),
      token,
    )
  expect((await ask({ query: PAGED, variables: { n: 1 } })).status).toBe(200)
  expect((await ask({ variables: { n: 50 } })).status).toBe(200)
  const { status, json } = await ask({ variables: { n: 51 } })
  expect([status, json.errors?.[0]?.extensions.code]).toEqual([413, 'LIMIT_EXCEEDED'])
  await service.close()
})

test('passes on an unexpected error as it is', () => {
  const schema = loadSchema()
  const failure = new TypeError('unexpected')
  const checkDocument = createCheckDocument(schema, parseConfig({}).documentLimits, 50)
  schema.getQueryType = () => {
    throw failure
  }
  expect(() => checkDocument({}, '{ books { id } }')).toThrow(failure)
})

const BOMB = `{ ...F0 } ${Array.from({ length: 16 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F16 on Query { book(id: 1) { id } }`

type DocumentCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  readonly status: number
  readonly code: string | undefined
}

const DOCUMENTS: readonly DocumentCase[] = [
  {
    id: 'document-limits/Q01',
    title: 'ten thousand aliases',
    query: book(10_000, (i) => `a${i}:`).slice(0, 250_000),
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q02',
    title: 'ten thousand nested braces',
    query: '{'.repeat(10_000),
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q03',
    title: 'a syntax error',
    query: '{ book(id: }',
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    id: 'document-limits/Q04',
    title: 'an invalid character',
    query: '{ book § }',
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    id: 'document-limits/Q05',
    title: 'cyclic fragments',
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'document-limits/Q06',
    title: 'a fragment that spreads itself',
    query: '{ ...A } fragment A on Query { book(id: 1) { id } ...A }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'document-limits/Q07',
    title: 'fragments that grow exponentially',
    query: BOMB,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q08',
    title: 'an unknown fragment',
    query: '{ ...A }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'document-limits/Q09',
    title: 'an unknown argument of a directive',
    query: '{ book(id: 1) { id @skip(unless: true) } }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'document-limits/Q10',
    title: 'an unknown directive',
    query: '{ book(id: 1) { id @requiresScope(scopes: "x") } }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'document-limits/Q11',
    title: 'the IDE’s introspection',
    query: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }),
    status: 200,
    code: undefined,
  },
  {
    id: 'document-limits/Q12',
    title: 'nineteen levels of fragments',
    query: deep(19),
    status: 200,
    code: undefined,
  },
  {
    id: 'document-limits/Q13',
    title: 'a negative page size',
    query: '{ books(first: -1) { id } }',
    status: 200,
    code: 'BAD_USER_INPUT',
  },
  {
    id: 'document-limits/Q14',
    title: 'no operation',
    query: 'fragment A on Query { book(id: 1) { id } }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'document-limits/Q15',
    title: 'response keys named like object properties',
    query: '{ __proto__: book(id: 1) { constructor: id } }',
    status: 200,
    code: undefined,
  },
  {
    id: 'document-limits/Q16',
    title: 'a page of no books',
    query: '{ booksConnection(last: 0) { totalCount } }',
    status: 200,
    code: 'BAD_USER_INPUT',
  },
  {
    id: 'document-limits/Q17',
    title: 'a negative page size that would pay for large pages',
    query: '{ a: books(first: -100000) { id } b: books(first: 20000) { id } }',
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q18',
    title: 'a negative page size in a variable',
    query: 'query ($n: Int = -100000) { a: books(first: $n) { id } b: books(first: 20000) { id } }',
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q19',
    title: 'a page size that is not a whole number',
    query: 'query ($n: Int = 1.5) { books(first: $n) { id } }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'document-limits/Q20',
    title: 'one hundred errors, located after two hundred thousand empty lines',
    query: `{ ${'\n'.repeat(200_000)} ${'x '.repeat(100)} }`,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q21',
    title: 'fields with one response name, 280 times',
    query: `{ booksConnection(first: 1) { ${'edges { node { title } } '.repeat(280)} } }`,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q22',
    title: '215 fragments that are spread side by side',
    query: `{ book(id: 1) { ${spreads(215)} } } ${fragments(215)}`,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q24',
    title: 'fifty aliases that conflict with 1,700 leaves',
    query: `{ book(id: 1) { ${'title: id '.repeat(50)} ${'title '.repeat(1_700)} } }`,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q25',
    title: '700 leaves',
    query: `{ book(id: 1) { ${'title '.repeat(700)} } }`,
    status: 200,
    code: undefined,
  },
  {
    id: 'document-limits/Q23',
    title: '100 fragments that are spread side by side',
    query: `{ book(id: 1) { ${spreads(100)} } } ${fragments(100)}`,
    status: 200,
    code: undefined,
  },
  {
    id: 'document-limits/Q26',
    title: 'an introspection of all arguments, under ten aliases at each level',
    query: aliasedIntrospection(10),
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q27',
    title: 'an introspection of all arguments, under two aliases at each level',
    query: aliasedIntrospection(2),
    status: 200,
    code: undefined,
  },
  {
    id: 'document-limits/Q28',
    title: 'an introspection of the type with the most values, under forty aliases',
    query: `{ __type(name: "__DirectiveLocation") { ${Array.from({ length: 40 }, (_, i) => `a${i}: enumValues { ${'name '.repeat(20)} }`).join(' ')} } }`,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q29',
    title: 'a name of 257 characters',
    query: `query ${'a'.repeat(257)} { __typename }`,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q30',
    title: 'a name of 256 characters',
    query: `query ${'a'.repeat(256)} { __typename }`,
    status: 200,
    code: undefined,
  },
  {
    id: 'document-limits/Q31',
    title: 'twenty searches whose books are counted',
    query: countedSearches(20),
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'document-limits/Q32',
    title: 'three searches whose books are counted',
    query: countedSearches(3),
    status: 200,
    code: undefined,
  },
]

function countedSearches(count: number): string {
  const search = 'booksConnection(first: 1, filter: { title: "t uniq" }) { totalCount }'
  return `{ ${Array.from({ length: count }, (_, i) => `a${i}: ${search}`).join(' ')} }`
}

function spreads(count: number): string {
  return Array.from({ length: count }, (_, i) => `...F${i}`).join(' ')
}
function fragments(count: number): string {
  return Array.from({ length: count }, (_, i) => `fragment F${i} on Book { id }`).join(' ')
}

/** The introspection of every field of the schema, under several aliases at each level. */
function aliasedIntrospection(count: number): string {
  const repeat = (field: string) => Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ')
  return `{ __schema { ${repeat('types { ...T }')} } } fragment T on __Type { ${repeat('fields { ...F }')} }
    fragment F on __Field { ${repeat('args { name }')} }`
}

type PairCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  readonly pairs: number
}

const ALIASED = '{ edges { node { title } } }'
const PAIRS: readonly PairCase[] = [
  {
    id: 'document-limits/M01',
    title: 'leaves with one name',
    query: `{ books { ${'id '.repeat(9)} } }`,
    pairs: 0,
  },
  {
    id: 'document-limits/M02',
    title: 'fields with selections',
    query: '{ a { b } a { b } a { b } }',
    pairs: 3,
  },
  { id: 'document-limits/M03', title: 'leaves with arguments', query: '{ a(b: 1) a(b: 2) }', pairs: 1 },
  {
    id: 'document-limits/M04',
    title: 'nested fields, wherever they are',
    query: `{ a: booksConnection ${ALIASED} b: booksConnection ${ALIASED} }`,
    pairs: 2,
  },
  { id: 'document-limits/M05', title: 'aliases', query: '{ a: book { id } a: books { id } }', pairs: 2 },
  {
    id: 'document-limits/M06',
    title: 'fields of fragments and of other operations',
    query: 'query A { a { b } } query B { a { b } ...F } fragment F on Query { a { b } }',
    pairs: 3 + 2,
  },
  {
    id: 'document-limits/M07',
    title: 'fragments, defined or not, once each',
    query: '{ ...A ...B ...A } fragment A on Query { ...C } fragment C on Query { id }',
    pairs: 3,
  },
  {
    id: 'document-limits/M08',
    title: 'leaves with an alias and others',
    query: '{ book { title: id title: id title title title } }',
    pairs: 6,
  },
  {
    id: 'document-limits/M09',
    title: 'leaves on different types',
    query: '{ a { ... on A { x { b } } ... on B { x { b } } } b { b } c { ... { b } b } }',
    pairs: 1 + (1 + 2 + 3 + 4 + 4),
  },
]

test.each(PAIRS)('$id counts pairs of $title', ({ query, pairs }) => {
  expect(countMergePairs(parse(query)).pairCount).toBe(pairs)
})

test('reports at most six errors for a document, however many it has', async () => {
  const service = await startService()
  const query = `{ book(id: 1) { ${Array.from({ length: 100 }, (_, i) => `x${i}`).join(' ')} } }`
  const { json } = await service.graphql(query, await service.tokenFor(READ_SCOPE))
  expect(json.errors?.length).toBe(6)
  expect(json.errors?.at(-1)?.message).toMatch(/Too many validation errors/)
  await service.close()
})

describe('with the default limits', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service.close())

  test.each(DOCUMENTS)('$id $title', async ({ query, status, code }) => {
    const reply = await service.graphql(query, await service.tokenFor(READ_SCOPE))
    expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([status, code])
  })

  const ADD = 'mutation ($i: AddBookInput!) { addBook(input: $i) { id } }'
  test.each([[5], ['text'], [[]], [null], [{ title: {} }], [JSON.parse('{"__proto__":{"title":"t"}}')]])(
    'answers 403 to a reader and 400 to an admin for the input %j',
    async (i) => {
      expect((await service.graphql(ADD, await service.tokenFor(READ_SCOPE), { i })).status).toBe(403)
      expect((await service.graphql(ADD, await service.tokenFor(ADMIN_SCOPE), { i })).status).toBe(400)
    },
  )

  test('rejects a batch of operations and executes none', async () => {
    const token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    const titles = async () => (await service.graphql('{ books(first: 100) { title } }', token)).text
    const input = '{ title: "Listed", author: "A", cost: 1, numPages: 1 }'
    const query = `mutation { addBook(input: ${input}) { id } }`
    const before = await titles()
    for (const body of [[{ query }], [{ query }, { query }], []]) {
      const reply = await postBody(`${service.apiUrl}/graphql`, JSON.stringify(body), token)
      expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST'])
    }
    expect(await titles()).toBe(before)
  })

  test('handles a variable named __proto__', async () => {
    const query = 'query ($__proto__: Boolean!) { book(id: 1) { addedBy @skip(if: $__proto__) id } }'
    const body = `{"query":${JSON.stringify(query)},"variables":{"__proto__":true}}`
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}`,
    }
    const { status, text } = await sendRequest(`${service.apiUrl}/graphql`, { method: 'POST', headers, body })
    expect(status).toBeLessThan(500)
    expect(text).not.toContain('"addedBy":"')
  })
})
