import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { buildSchema, parse } from 'graphql'
import { parseConfig } from '../../src/config/config.ts'
import { createCheckDocument } from '../../src/graphql/document-limits.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { ScopeSchemaError } from '../../src/scopes/index.ts'
import { READ_SCOPE, sendRequest, startService } from '../support/service.ts'

const { documentLimits, bookLimits } = parseConfig({})
const DIRECTIVE = readFileSync('schema/cost.graphql', 'utf8')
const EXTENDED = buildSchema(`${DIRECTIVE}
  type Query {
    search(text: String @cost(weight: "5"), in: [In!]): Int
    rated: Rated
    rows(first: Int): [Rated!]!
  }
  type Rated { half: Int @cost(weight: "0.5") free: Int @cost(weight: "0") }
  input In { a: Int @cost(weight: "2") in: In, b: Int }`)

/** Returns the cost that the error of a document above its limit names. */
function readCost(
  schema: typeof EXTENDED,
  query: string,
  variables: unknown,
  operationName?: string,
): number {
  const checkDocument = createCheckDocument(schema, { ...documentLimits, maxCost: -1 }, 50)
  try {
    checkDocument({ variables, operationName }, query)
  } catch (error) {
    const [, cost] = /^The document costs (\d+); at most -1 is allowed \(COST_LIMIT\)\.$/.exec(
      error instanceof Error ? error.message : '',
    ) ?? ['', error]
    return Number(cost)
  }
  throw new Error('The document is within the limit.')
}

const TITLE = 'query ($t: String) { books(first: 1, filter: { title: $t }) { id } }'
const TITLE_DEFAULT = 'query ($t: String = "t") { books(first: 1, filter: { title: $t }) { id } }'
const FILTER = 'query ($f: BookFilter) { books(first: 1, filter: $f) { id } }'
const FILTER_DEFAULT = 'query ($f: BookFilter = { title: "t" }) { books(first: 1, filter: $f) { id } }'

type CostCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  readonly variables?: unknown
  readonly cost: number
}

const ADD = 'mutation ($b: [AddBookInput!]!) { addBooks(inputs: $b) { id } }'
const books = (count: number) => ({ b: Array.from({ length: count }, () => ({ title: 't' })) })

const COSTS: readonly CostCase[] = [
  {
    id: 'document-cost/A01',
    title: 'each added book, in a variable',
    query: ADD,
    variables: books(1_000),
    cost: 2 + 5 * 1_000,
  },
  {
    id: 'document-cost/A02',
    title: 'each added book, in the document',
    query: 'mutation { addBooks(inputs: [{ title: "a" }, { title: "b" }]) { id } }',
    cost: 2 + 5 * 2,
  },
  {
    id: 'document-cost/A03',
    title: 'the books of a variable, for each field that adds them',
    query:
      'mutation ($b: [AddBookInput!]!) { a: addBooks(inputs: $b) { id } b: addBooks(inputs: $b) { id } }',
    variables: books(1_000),
    cost: 2 * (2 + 5 * 1_000),
  },
  { id: 'document-cost/C01', title: 'fields', query: '{ book(id: 1) { id title } }', cost: 3 },
  {
    id: 'document-cost/C02',
    title: 'the fields of each book of a page',
    query: '{ books(first: 10) { id title } }',
    cost: 1 + 10 * 2,
  },
  {
    id: 'document-cost/C03',
    title: 'what a connection has once',
    query: '{ booksConnection(first: 10) { edges { cursor } pageInfo { endCursor } } }',
    cost: 1 + (1 + 10) + (1 + 1),
  },
  {
    id: 'document-cost/C04',
    title: 'a count of books',
    query: '{ booksConnection(first: 10) { totalCount } }',
    cost: 1 + 500,
  },
  {
    id: 'document-cost/C05',
    title: 'both flags of a page',
    query: '{ booksConnection(first: 10) { pageInfo { hasNextPage hasPreviousPage } } }',
    cost: 1 + 1 + 50 + 50,
  },
  {
    id: 'document-cost/C06',
    title: 'a search by title',
    query: '{ books(first: 1, filter: { title: "t" }) { id } }',
    cost: 2 + 500,
  },
  {
    id: 'document-cost/C07',
    title: 'a search by title and author',
    query: '{ booksConnection(first: 1, filter: { title: "t", authorWords: "a" }) { __typename } }',
    cost: 2 + 500 + 500,
  },
  {
    id: 'document-cost/C08',
    title: 'a filter by the exact author',
    query: '{ books(first: 1, filter: { author: "a" }) { id } }',
    cost: 2,
  },
  {
    id: 'document-cost/C09',
    title: 'a title of null',
    query: '{ books(first: 1, filter: { title: null }) { id } }',
    cost: 2,
  },
  {
    id: 'document-cost/C10',
    title: 'a filter of null',
    query: '{ books(first: 1, filter: null) { id } }',
    cost: 2,
  },
  { id: 'document-cost/C11', title: 'a title in a variable', query: TITLE, variables: { t: 't' }, cost: 502 },
  { id: 'document-cost/C12', title: 'an absent variable', query: TITLE, variables: {}, cost: 2 },
  { id: 'document-cost/C13', title: 'a variable of null', query: TITLE, variables: { t: null }, cost: 2 },
  { id: 'document-cost/C14', title: 'a default value', query: TITLE_DEFAULT, variables: {}, cost: 502 },
  {
    id: 'document-cost/C15',
    title: 'null in place of a default value',
    query: TITLE_DEFAULT,
    variables: { t: null },
    cost: 2,
  },
  {
    id: 'document-cost/C16',
    title: 'a filter in a variable',
    query: FILTER,
    variables: { f: { title: 't', authorWords: 'a', author: 'a' } },
    cost: 1_002,
  },
  {
    id: 'document-cost/C17',
    title: 'a title of null in a variable',
    query: FILTER,
    variables: { f: { title: null } },
    cost: 2,
  },
  {
    id: 'document-cost/C18',
    title: 'a filter of null in a variable',
    query: FILTER,
    variables: { f: null },
    cost: 2,
  },
  {
    id: 'document-cost/C19',
    title: 'a default value of a filter',
    query: FILTER_DEFAULT,
    variables: undefined,
    cost: 502,
  },
  {
    id: 'document-cost/C20',
    title: 'a value in place of a default value of a filter',
    query: FILTER_DEFAULT,
    variables: { f: {} },
    cost: 2,
  },
  {
    id: 'document-cost/C21',
    title: 'a variable for each field that it is given to',
    query:
      'query ($f: BookFilter) { a: books(first: 1, filter: $f) { id } b: books(first: 1, filter: $f) { id } }',
    variables: { f: { title: 't' } },
    cost: 2 * 502,
  },
  {
    id: 'document-cost/C22',
    title: 'a fragment on connections of several sizes',
    query: `{ a: booksConnection(first: 2) { ...F } b: booksConnection(last: 3) { ... { ...F } } }
      fragment F on BookConnection { totalCount edges { cursor } }`,
    cost: 1 + 500 + 1 + 2 + (1 + 500 + 1 + 3),
  },
  {
    id: 'document-cost/C23',
    title: 'a fragment with a search in a variable',
    query:
      'query ($t: String) { ...F ...F } fragment F on Query { books(first: 1, filter: { title: $t }) { id } }',
    variables: { t: 't' },
    cost: 2 * 502,
  },
  {
    id: 'document-cost/C24',
    title: 'a count once, on a page whose size is a variable',
    query: 'query ($n: Int) { booksConnection(first: $n) { totalCount edges { cursor } } }',
    variables: { n: 7 },
    cost: 1 + 500 + 1 + 7,
  },
  {
    id: 'document-cost/C25',
    title: 'a skipped field',
    query: '{ booksConnection(first: 10) { totalCount @skip(if: true) } }',
    cost: 1 + 500,
  },
  {
    id: 'document-cost/C26',
    title: 'a full page with all fields, a count and a search',
    query: `query ($f: BookFilter) { booksConnection(first: 100, filter: $f) {
      edges { cursor node { id title author cost numPages addedBy addedAt } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`,
    variables: { f: { title: 't', authorWords: 'a' } },
    cost: 1_000 + 1 + (1 + 100 * 9) + (1 + 50 + 50 + 2) + 500,
  },
]

test.each(COSTS)('$id counts $title', ({ query, variables, cost }) => {
  expect(readCost(loadSchema(), query, variables)).toBe(cost)
})

const LIST = 'query ($l: [In!]) { search(in: $l) }'
const EXTENDED_COSTS: readonly CostCase[] = [
  { id: 'document-cost/E01', title: 'an argument', query: '{ search(text: "t") }', cost: 1 + 5 },
  { id: 'document-cost/E02', title: 'an argument of null', query: '{ search(text: null) }', cost: 1 },
  {
    id: 'document-cost/E03',
    title: 'an argument in a variable',
    query: 'query ($t: String) { search(text: $t) }',
    variables: { t: 't' },
    cost: 1 + 5,
  },
  {
    id: 'document-cost/E04',
    title: 'each input field of a list',
    query: '{ search(in: [{ a: 1, in: { a: 1 } }, { a: null, b: 1 }, { a: 1 }]) }',
    cost: 1 + 3 * 2,
  },
  {
    id: 'document-cost/E05',
    title: 'each input field of a list in a variable',
    query: LIST,
    variables: { l: [{ a: 1, in: { a: 1 } }, { a: null, b: 1 }, { a: 1 }, null] },
    cost: 1 + 3 * 2,
  },
  {
    id: 'document-cost/E06',
    title: 'one item in place of a list',
    query: LIST,
    variables: { l: { a: 1 } },
    cost: 1 + 2,
  },
  {
    id: 'document-cost/E07',
    title: 'a variable within a list',
    query: 'query ($i: In!) { search(in: [$i, { in: $i }]) }',
    variables: { i: { a: 1 } },
    cost: 1 + 2 * 2,
  },
  { id: 'document-cost/E08', title: 'a value of another type', query: LIST, variables: { l: 'a' }, cost: 1 },
  {
    id: 'document-cost/E09',
    title: 'fractions, rounded up, and free fields',
    query: '{ rated { half free } }',
    cost: 2,
  },
  {
    id: 'document-cost/E10',
    title: 'a weight for each item',
    query: '{ rows(first: 10) { half half free } }',
    cost: 1 + 10,
  },
]

test.each(EXTENDED_COSTS)('$id counts $title of another schema', ({ query, variables, cost }) => {
  expect(readCost(EXTENDED, query, variables)).toBe(cost)
})

test('document-cost/W01 counts 1 for each field of a schema without @cost', () => {
  expect(
    readCost(buildSchema('type Query { a(b: Int): Query }'), '{ a(b: 1) { a { __typename } } }', {}),
  ).toBe(3)
})

test.each([
  { id: 'document-cost/W02', weight: '' },
  { id: 'document-cost/W03', weight: '-1' },
  { id: 'document-cost/W04', weight: '1 + 1' },
])('$id rejects the weight "$weight"', ({ weight }) => {
  const schema = buildSchema(`${DIRECTIVE} type Query { a: Int @cost(weight: "${weight}") }`)
  const create = () => createCheckDocument(schema, documentLimits, 50)
  expect(create).toThrow(ScopeSchemaError)
  expect(create).toThrow(`Query.a (GraphQL request:`)
})

const manifests = ['job', 'webapp'].flatMap((client): unknown[] =>
  Object.values(JSON.parse(readFileSync(`src/generated/${client}/persisted-documents.json`, 'utf8'))),
)
const stored = [...manifests.map(String), readFileSync('src/clients/ide/examples.graphql', 'utf8')]
const operations = stored.flatMap((text) =>
  parse(text).definitions.flatMap((node) =>
    node.kind === 'OperationDefinition' && node.name ? [{ name: node.name.value, text }] : [],
  ),
)

test.each(operations)(
  '$name of this project’s clients costs less than a third of the limit',
  ({ name, text }) => {
    const variables = { first: bookLimits.maxPageSize, filter: { title: 't', authorWords: 'a' } }
    expect(readCost(loadSchema(), text, variables, name)).toBeLessThan(documentLimits.maxCost / 3)
  },
)

test('document-cost/R01 applies COST_LIMIT to the parameters of REST', async () => {
  const service = await startService({ COST_LIMIT: String(1 + (1 + 10 * 6) + (1 + 50 + 1) + 500) })
  const headers = { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }
  const searches = ['first=11', 'first=10&title=t', 'first=11&title=t']
  const replies = await Promise.all(
    searches.map((search) => sendRequest(`${service.apiUrl}/books?${search}`, { headers })),
  )
  await service.close()
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 413])
})
