import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { createApiScopes, loadSchema } from '../../src/graphql/load-schema.ts'
import { printSubgraph } from '../../src/scopes/federation.ts'
import { runCli } from '../support/cli-process.ts'
import { readPage } from '../support/doc-pages.ts'
import {
  ADMIN_SCOPE,
  type HttpReply,
  postBody,
  READ_SCOPE,
  readMetric,
  type Service,
  startService,
} from '../support/service.ts'

const BOOK = { __typename: 'Book', id: '1' }
const TITLE = '... on Book { id title }'
const FIRST = { id: '1', title: 'And Then There Were None' }
const entities = (selection: string) =>
  `query Entities($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`

let service: Service
let read: string
let admin: string
let both: string
beforeAll(async () => {
  service = await startService({ SUBGRAPH: 'on' })
  read = await service.tokenFor(READ_SCOPE)
  admin = await service.tokenFor(ADMIN_SCOPE)
  both = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
})
afterAll(() => service.close())

const resolve = (selection: string, representations: unknown, token?: string) =>
  service.graphql(entities(selection), token, { representations })

const subgraphRows = createApiScopes(loadSchema({ isSubgraph: true })).table()

test('subgraph/S01 _entities requires what reading a book requires', () => {
  const scopesOf = (field: string) => subgraphRows.find(({ coordinate }) => coordinate === field)?.scopes
  expect(scopesOf('Query._entities')).toEqual(scopesOf('Query.book'))
})

test('subgraph/S02 the other rules are those of the API', () => {
  const otherRows = subgraphRows.filter(({ coordinate }) => coordinate !== 'Query._entities')
  expect(otherRows).toEqual(createApiScopes(loadSchema()).table())
})

test('subgraph/S03 the API has these fields with SUBGRAPH=on alone', async () => {
  const api = await startService()
  try {
    const token = await api.tokenFor(READ_SCOPE)
    const { json } = await api.graphql('{ _service { sdl } _entities(representations: []) { x } }', token)
    expect(json.errors?.map(({ message }) => message)).toEqual([
      'Cannot query field "_service" on type "Query".',
      'Cannot query field "_entities" on type "Query".',
    ])
  } finally {
    await api.close()
  }
})

type Row = {
  readonly id: string
  readonly title: string
  readonly selection?: string
  readonly representations: unknown
  readonly data: unknown
}
const ROWS: readonly Row[] = [
  {
    id: 'subgraph/S10',
    title: 'books in the order of the representations, some twice or unknown',
    representations: [{ ...BOOK, id: '2' }, BOOK, { ...BOOK, id: '999' }, BOOK],
    selection: '__typename ... on Book { id }',
    data: [{ __typename: 'Book', id: '2' }, BOOK, null, BOOK],
  },
  {
    id: 'subgraph/S11',
    title: 'an id that is a number, and fields that are not part of the key',
    representations: [{ ...BOOK, id: 1, title: 'Another', __proto__: null }],
    data: [FIRST],
  },
  {
    id: 'subgraph/S12',
    title: 'null for ids that no book can have',
    representations: ['', '0', '-1', '01', '1.0', 'x', '9007199254740993', -1].map((id) => ({ ...BOOK, id })),
    data: Array(8).fill(null),
  },
  { id: 'subgraph/S13', title: 'an empty list', representations: [], data: [] },
  { id: 'subgraph/S14', title: 'one representation without a list', representations: BOOK, data: [FIRST] },
  {
    id: 'subgraph/S15',
    title: '__typename alone',
    selection: '__typename',
    representations: [BOOK, { ...BOOK, id: '999' }],
    data: [{ __typename: 'Book' }, null],
  },
]
test.each(ROWS)('$id returns $title', async ({ selection = TITLE, representations, data }) => {
  const { status, json } = await resolve(selection, representations, read)
  expect([status, json]).toEqual([200, { data: { _entities: data } }])
})

const BAD: readonly {
  readonly id: string
  readonly title: string
  readonly json: string
  readonly argument: string
}[] = [
  {
    id: 'subgraph/S20',
    title: 'of another type',
    json: '{"__typename":"Author","id":"1"}',
    argument: '__typename',
  },
  {
    id: 'subgraph/S21',
    title: 'of a type of the schema without a key',
    json: '{"__typename":"PageInfo"}',
    argument: '__typename',
  },
  { id: 'subgraph/S22', title: 'without a type', json: '{"id":"1"}', argument: '__typename' },
  {
    id: 'subgraph/S23',
    title: 'whose type is inherited',
    json: '{"__proto__":{"__typename":"Book","id":"1"}}',
    argument: '__typename',
  },
  {
    id: 'subgraph/S24',
    title: 'of the type __proto__',
    json: '{"__typename":"__proto__","id":"1"}',
    argument: '__typename',
  },
  { id: 'subgraph/S25', title: 'without a key', json: '{"__typename":"Book"}', argument: 'id' },
  {
    id: 'subgraph/S26',
    title: 'with an inherited key',
    json: '{"__typename":"Book","__proto__":{"id":"1"}}',
    argument: 'id',
  },
  {
    id: 'subgraph/S27',
    title: 'with null as its key',
    json: '{"__typename":"Book","id":null}',
    argument: 'id',
  },
  {
    id: 'subgraph/S28',
    title: 'with an object as its key',
    json: '{"__typename":"Book","id":{"toString":"1"}}',
    argument: 'id',
  },
  {
    id: 'subgraph/S29',
    title: 'with a fraction as its key',
    json: '{"__typename":"Book","id":1.5}',
    argument: 'id',
  },
  { id: 'subgraph/S30', title: 'that is a number', json: '1', argument: '__typename' },
  {
    id: 'subgraph/S31',
    title: 'that is a list',
    json: '[{"__typename":"Book","id":"1"}]',
    argument: '__typename',
  },
]
test.each(BAD)('$id rejects a representation $title', async ({ json, argument }) => {
  const body = `{"query":${JSON.stringify(entities(TITLE))},"variables":{"representations":[{"__typename":"Book","id":"1"},${json}]}}`
  const reply = await postBody(`${service.apiUrl}/graphql`, body, read)
  expect([reply.status, reply.json]).toMatchObject([
    200,
    {
      data: null,
      errors: [
        {
          path: ['_entities'],
          extensions: { code: 'BAD_USER_INPUT', argument: `representations[1].${argument}` },
        },
      ],
    },
  ])
})

test('subgraph/S32 resolves representations that are written in the document', async () => {
  const query = `{ _entities(representations: [{ __typename: "Book", id: 1, __proto__: { a: [1] } }]) { ${TITLE} } }`
  expect((await service.graphql(query, read)).json).toEqual({ data: { _entities: [FIRST] } })
})

const summarize = ({ status, headers, json }: HttpReply) => ({
  status,
  scope: /scope="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1],
  denied: json.errors?.map(({ extensions }) => extensions.coordinate ?? extensions.code),
})

test('subgraph/S40 an anonymous request gets 401 with the scopes of its selection', async () => {
  const selection = '... on Book { title addedBy }'
  expect(summarize(await resolve(selection, [BOOK]))).toEqual({
    status: 401,
    scope: `${READ_SCOPE} ${ADMIN_SCOPE}`,
    denied: ['UNAUTHENTICATED'],
  })
})

test.each([
  { id: 'subgraph/S41', selection: TITLE, scope: READ_SCOPE },
  { id: 'subgraph/S42', selection: '__typename', scope: READ_SCOPE },
  { id: 'subgraph/S43', selection: '... on Book { addedBy }', scope: `${READ_SCOPE} ${ADMIN_SCOPE}` },
])('$id a token without the read scope does not get $selection', async ({ selection, scope }) => {
  expect(summarize(await resolve(selection, [BOOK], admin))).toEqual({
    status: 403,
    scope,
    denied: ['Query._entities'],
  })
})

test('subgraph/S44 the rules of a book’s fields apply to entities', async () => {
  const selection = '... on Book { title addedBy }'
  expect(summarize(await resolve(selection, [BOOK], read))).toEqual({
    status: 403,
    scope: `${READ_SCOPE} ${ADMIN_SCOPE}`,
    denied: ['Book.addedBy'],
  })
  const { json } = await resolve(selection, [BOOK], both)
  expect(json).toEqual({ data: { _entities: [{ title: FIRST.title, addedBy: 'fakebook' }] } })
})

test('subgraph/S45 denied fields of entities are null with lenient handling', async () => {
  const { status, json } = await service.send(`${service.apiUrl}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${read}`,
      'content-type': 'application/json',
      prefer: 'handling=lenient',
    },
    body: JSON.stringify({
      query: entities('... on Book { title addedBy }'),
      variables: { representations: [BOOK, { ...BOOK, id: '2' }] },
    }),
  })
  expect(status).toBe(200)
  expect(json.data).toMatchObject({ _entities: [{ title: FIRST.title, addedBy: null }, { addedBy: null }] })
  expect(json.errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual([
    ['_entities.0.addedBy', 'FORBIDDEN'],
    ['_entities.1.addedBy', 'FORBIDDEN'],
  ])
})

const repeat = (count: number) => Array.from({ length: count }, (_, i) => ({ ...BOOK, id: i + 1 }))

test.each([
  { id: 'subgraph/S50', title: 'in a variable', count: 5_000, inDocument: false },
  { id: 'subgraph/S51', title: 'in the document', count: 100, inDocument: true },
])('$id every representation counts to the cost, $title', async ({ count, inDocument }) => {
  // One for `_entities` and three for each.
  const selection = inDocument ? `${TITLE}`.repeat(50) : '... on Book { id title author }'
  const list = Array(count).fill('{ __typename: "Book", id: 1 }').join()
  const { status, json } = inDocument
    ? await service.graphql(`{ _entities(representations: [${list}]) { ${selection} } }`, read)
    : await resolve(selection, repeat(count), read)
  expect(status).toBe(413)
  expect(json.errors?.[0]?.message).toMatch(/COST_LIMIT/)
})

test('subgraph/S52 10,000 representations are too large a request', async () => {
  expect((await resolve('__typename', repeat(10_000), read)).status).toBe(413)
})

test('subgraph/S53 all representations are read at once', async () => {
  const countReads = () =>
    readMetric(service.apiUrl, 'fakebook_store_duration_seconds_count{operation="findMany"}')
  const before = await countReads()
  const { json } = await resolve(TITLE, repeat(3_000), read)
  expect(json.data?._entities).toHaveLength(3_000)
  expect((await countReads()) - before).toBe(1)
})

test('subgraph/S60 _service returns what npm run schema -- --federation prints', async () => {
  const { json } = await service.graphql('{ _service { sdl } }')
  const sdl = printSubgraph(loadSchema({ isSubgraph: true }))
  expect(json).toEqual({ data: { _service: { sdl } } })
  expect((await runCli(['schema', '--federation'])).stdout).toBe(`${sdl}\n`)
  const [link = ''] = sdl.split('\n')
  expect(readPage('docs/federation.md')).toContain(link)
})

test('subgraph/S61 composition accepts the subgraph and keeps its rules', () => {
  const reviews = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable"])
    type Query { reviews: [Review!]! }
    type Review { text: String! book: Book! }
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: ID endCursor: ID }
    type Book @key(fields: "id") { id: ID! reviews: [Review!]! }`
  const typeDefs = [printSubgraph(loadSchema({ isSubgraph: true })), reviews]
  const { errors, supergraphSdl = '' } = composeServices(
    typeDefs.map((sdl, i) => ({ name: `s${i}`, url: `http://localhost/${i}`, typeDefs: parse(sdl) })),
  )
  expect(errors).toBeUndefined()
  const rules = [...supergraphSdl.matchAll(/(\w+)(?:\([^)]*\))?: \S+[^\n]*@requiresScopes\(scopes: (\S+)\)/g)]
  expect(rules.map(([, field, scopes]) => `${field} ${scopes}`)).toEqual([
    `books [["${READ_SCOPE}"]]`,
    `booksConnection [["${READ_SCOPE}"]]`,
    `book [["${READ_SCOPE}"]]`,
    `addBook [["${ADMIN_SCOPE}"]]`,
    `addBooks [["${ADMIN_SCOPE}"]]`,
    `addedBy [["${ADMIN_SCOPE}"]]`,
    `addedAt [["${ADMIN_SCOPE}"]]`,
  ])
})

test.each([
  { id: 'subgraph/S62', introspection: 'authenticated', anonymous: 401, caller: expect.any(String) },
  { id: 'subgraph/S63', introspection: 'off', anonymous: 200, caller: null },
])('$id INTROSPECTION=$introspection applies to _service', async ({ introspection, anonymous, caller }) => {
  const other = await startService({ SUBGRAPH: 'on', INTROSPECTION: introspection })
  try {
    const query = '{ _service { sdl } }'
    expect((await other.graphql(query)).status).toBe(anonymous)
    const { json } = await other.graphql(query, await other.tokenFor(READ_SCOPE))
    expect(json).toEqual({ data: { _service: { sdl: caller } } })
  } finally {
    await other.close()
  }
})
