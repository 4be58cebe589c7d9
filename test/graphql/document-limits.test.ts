import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { getIntrospectionQuery } from 'graphql'
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
const DEFAULTED = (n: number) => `query ($n: PositiveInt = ${n}) { books(first: $n) { id } }`
const PAGED = 'query ($n: PositiveInt) { books(first: $n) { id } }'

/** Setting, a request at its limit, one that goes past it. Counted as the setting says. */
const LIMITS: readonly (readonly [string, string, string, string, unknown?, unknown?])[] = [
  ['TOKEN_LIMIT', '9', '{ book(id: 1) { id } }'.replace('(id: 1)', ''), '{ book(id: 1) { id } }'],
  [
    'DEPTH_LIMIT',
    '3',
    '{ booksConnection { edges { cursor } } }',
    '{ booksConnection { edges { node { id } } } }',
  ],
  [
    'DEPTH_LIMIT',
    '3',
    '{ booksConnection { ...F } } fragment F on BookConnection { edges { cursor } }',
    '{ booksConnection { ...F } } fragment F on BookConnection { edges { ...G } } fragment G on BookEdge { node { id } }',
  ],
  ['ALIAS_LIMIT', '2', book(2, (i) => `a${i}:`), book(3, (i) => `a${i}:`)],
  ['ROOT_FIELD_LIMIT', '2', book(2, (i) => `a${i}:`), book(3, (i) => `a${i}:`)],
  [
    'ROOT_FIELD_LIMIT',
    '1',
    '{ ...F } fragment F on Query { book(id: 1) { id } }',
    '{ ...F } fragment F on Query { book(id: 1) { id } books { id } }',
  ],
  [
    'DIRECTIVE_LIMIT',
    '1',
    '{ book(id: 1) { id @skip(if: false) } }',
    '{ book(id: 1) { id @skip(if: false) @include(if: true) } }',
  ],
  [
    'COST_LIMIT',
    '21',
    '{ booksConnection(last: 10) { edges { cursor } } }',
    '{ booksConnection(last: 10) { edges { cursor node { id } } } }',
  ],
  ['COST_LIMIT', '101', '{ books(first: 100) { id } }', '{ books(first: 51) { id title } }'],
  ['COST_LIMIT', '51', '{ books { id } }', '{ books { id title } }'],
  ['COST_LIMIT', '51', PAGED, PAGED, { n: 50 }, { n: 51 }],
  ['COST_LIMIT', '51', PAGED, PAGED, {}, { n: 100 }],
  ['COST_LIMIT', '51', DEFAULTED(50), DEFAULTED(51)],
  [
    'COST_LIMIT',
    '21',
    '{ booksConnection(first: 10) { edges { cursor } } }',
    '{ booksConnection(first: 10) { edges { cursor node { id } } } }',
  ],
]

describe('T33 a limit of documents', () => {
  let service: Service
  afterEach(() => service.close())

  test.each(LIMITS)('%s=%s lets %s through, not %s', async (setting, value, within, past, ...variables) => {
    service = await startService({ [setting]: value })
    const token = await service.tokenFor(READ_SCOPE)
    const first = await service.graphql(within, token, variables[0])
    expect(first.json.errors?.[0]?.extensions.code).not.toBe('LIMIT_EXCEEDED')
    const second = await service.graphql(past, token, variables[1])
    expect([second.status, second.json.errors?.[0]?.extensions.code]).toEqual([413, 'LIMIT_EXCEEDED'])
    expect(second.json.errors?.[0]?.message).toContain(setting)
    const search = `?${new URLSearchParams({ query: past, variables: JSON.stringify(variables[1] ?? {}) })}`
    const headers = { authorization: `Bearer ${token}` }
    expect((await sendRequest(`${service.apiUrl}/graphql${search}`, { headers })).status).toBe(413)
  })
})

test('a page that grows behind a document’s hash', async () => {
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

const BOMB = `{ ...F0 } ${Array.from({ length: 16 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F16 on Query { book(id: 1) { id } }`

/** What arrives, and the answer with the limits as they come. */
const ARRIVES: readonly (readonly [
  id: string,
  what: string,
  query: string,
  status: number,
  code: string | undefined,
])[] = [
  ['Q01', 'ten thousand aliases', book(10_000, (i) => `a${i}:`).slice(0, 250_000), 413, 'LIMIT_EXCEEDED'],
  ['Q02', 'ten thousand brackets', '{'.repeat(10_000), 413, 'LIMIT_EXCEEDED'],
  ['Q03', 'a syntax error', '{ book(id: }', 400, 'GRAPHQL_PARSE_FAILED'],
  ['Q04', 'a character that GraphQL does not know', '{ book § }', 400, 'GRAPHQL_PARSE_FAILED'],
  [
    'Q05',
    'fragments in a circle',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q06',
    'a fragment in itself',
    '{ ...A } fragment A on Query { book(id: 1) { id } ...A }',
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['Q07', 'fragments that double', BOMB, 413, 'LIMIT_EXCEEDED'],
  ['Q08', 'an unknown fragment', '{ ...A }', 400, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'Q09',
    'an unknown argument of a directive',
    '{ book(id: 1) { id @skip(unless: true) } }',
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q10',
    'an unknown directive',
    '{ book(id: 1) { id @requiresScope(scopes: "x") } }',
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q11',
    'the IDE’s introspection',
    getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }),
    200,
    undefined,
  ],
  ['Q12', 'nineteen levels of fragments', deep(19), 200, undefined],
  ['Q13', 'a page of minus one', '{ books(first: -1) { id } }', 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['Q14', 'no operation', 'fragment A on Query { book(id: 1) { id } }', 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['Q15', 'names of the prototype as keys', '{ __proto__: book(id: 1) { constructor: id } }', 200, undefined],
]

describe('with the limits as they come', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service.close())

  test.each(ARRIVES)('%s %s', async (_, __, query, status, code) => {
    const reply = await service.graphql(query, await service.tokenFor(READ_SCOPE))
    expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([status, code])
  })

  const ADD = 'mutation ($i: AddBookInput!) { addBook(input: $i) { id } }'
  test.each([[5], ['text'], [[]], [null], [{ title: {} }], [JSON.parse('{"__proto__":{"title":"t"}}')]])(
    'variables of the wrong shape at an input, %j: 403 to a reader, 400 to an admin',
    async (i) => {
      expect((await service.graphql(ADD, await service.tokenFor(READ_SCOPE), { i })).status).toBe(403)
      expect((await service.graphql(ADD, await service.tokenFor(ADMIN_SCOPE), { i })).status).toBe(400)
    },
  )

  test('a list of operations is refused whole: none of them is done', async () => {
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

  test('a variable named __proto__ opens nothing and breaks nothing', async () => {
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
