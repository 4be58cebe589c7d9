import { afterEach, describe, expect, test } from '@jest/globals'
import {
  ADMIN_SCOPE,
  postBody,
  READ_SCOPE,
  type Service,
  sendRequest,
  startService,
} from '../support/service.ts'

let service: Service
afterEach(() => service.close())

const INTROSPECTION = '{ __schema { types { name } } }'

describe('introspection', () => {
  test.each([
    { setting: 'open', anonymous: 200, authenticated: 200 },
    { setting: 'authenticated', anonymous: 401, authenticated: 200 },
    { setting: 'off', anonymous: 400, authenticated: 400 },
  ])('$setting: $anonymous without a token, $authenticated with one', async (row) => {
    const { setting, anonymous, authenticated } = row
    service = await startService({ INTROSPECTION: setting })
    expect((await service.graphql(INTROSPECTION)).status).toBe(anonymous)
    expect((await service.graphql(INTROSPECTION, await service.tokenFor(READ_SCOPE))).status).toBe(
      authenticated,
    )
    expect((await service.graphql('{ __typename }')).status).toBe(200)
  })

  test('graphql/T34b requires a token in production', async () => {
    service = await startService({ NODE_ENV: 'production' })
    expect((await service.graphql(INTROSPECTION)).status).toBe(401)
  })
})

test('adds the required scopes to descriptions', async () => {
  service = await startService()
  const query =
    '{ __type(name: "Book") { fields { name description } } m: __type(name: "Mutation") { fields { name description } } }'
  const { json } = await service.graphql(query)
  const fields = [json.data?.__type, json.data?.m].flatMap(
    (type) => (type as { fields: { name: string; description: string }[] }).fields,
  )
  const of = (name: string) => fields.find((field) => field.name === name)?.description
  expect(of('addedBy')).toBe(
    'The subject of the access token that added the book.\n\nRequires fakebookapi.admin.',
  )
  expect(of('addBook')).toMatch(/\n\nRequires fakebookapi\.admin\.$/)
  expect(of('title')).not.toMatch(/Requires/)
})

test('graphql/T34a suggests names in development, but not in production', async () => {
  for (const [settings, suggests] of [
    [{}, true],
    [{ NODE_ENV: 'production', INTROSPECTION: 'open' }, false],
    [{ INTROSPECTION: 'authenticated' }, false],
  ] as const) {
    service = await startService(settings)
    const { status, text } = await service.graphql(
      '{ bok(id: 1) { id } }',
      await service.tokenFor(READ_SCOPE),
    )
    expect([status, text.includes('Did you mean')]).toEqual([400, suggests])
    if (settings !== undefined && 'INTROSPECTION' in settings && settings.INTROSPECTION === 'authenticated')
      continue
    await service.close()
  }
})

test('graphql/T34e hides suggestions in all errors of documents, but not what a client sent', async () => {
  service = await startService({ INTROSPECTION: 'off' })
  const sent = 'Did you mean this?'
  const query = `{ bok books @include(if: "${sent}") }`
  const token = await service.tokenFor(READ_SCOPE)
  // Apollo Server validates documents of the second one itself.
  for (const contentType of ['application/json', 'application/json; charset=utf-8']) {
    const body = JSON.stringify({ query })
    const { json } = await postBody(`${service.apiUrl}/graphql`, body, token, contentType)
    expect(json.errors?.map(({ message }) => message)).toEqual([
      'Cannot query field "bok" on type "Query".',
      'Field "books" of type "[Book!]!" must have a selection of subfields.',
      `Boolean cannot represent a non boolean value: "${sent}"`,
    ])
  }
})

const HIDDEN_NAMES = [
  {
    id: 'graphql/T34c',
    title: 'a field',
    query: 'query ($f: BookFilter) { books(filter: $f) { id } }',
    variables: { f: { titel: 1 } },
  },
  {
    id: 'graphql/T34d',
    title: 'an enum value',
    query: 'query ($o: BookOrder!) { booksConnection(orderBy: $o) { totalCount } }',
    variables: { o: 'TITEL' },
  },
]
describe.each([
  { INTROSPECTION: 'open', suggests: true },
  { INTROSPECTION: 'authenticated', suggests: false },
  { INTROSPECTION: 'off', suggests: false },
])('with INTROSPECTION=$INTROSPECTION', ({ INTROSPECTION, suggests }) => {
  test.each(HIDDEN_NAMES)(
    '$id suggests $title in errors of variables, or not',
    async ({ query, variables }) => {
      service = await startService({ INTROSPECTION })
      const token = await service.tokenFor(READ_SCOPE)
      // A repeated operation is executed in another way.
      for (const _ of ['first', 'second']) {
        const { status, text } = await service.graphql(query, token, variables)
        expect([status, text.includes('Did you mean')]).toEqual([400, suggests])
      }
    },
  )
})

test('graphql/T34f hides suggestions in documents that Apollo Server validates', async () => {
  service = await startService({ INTROSPECTION: 'off' })
  const query = '{ __schema { description } bok(id: 1) { id } x: book(idd: 1) { id } }'
  const { status, text } = await service.graphql(query, await service.tokenFor(READ_SCOPE))
  expect(status).toBe(400)
  expect(text).toContain('Unknown argument')
  expect(text).not.toContain('Did you mean')
})

type HttpCase = {
  readonly id: string
  readonly title: string
  readonly search: string
  /** Empty: no token is sent. */
  readonly scope: string
  readonly init: RequestInit
  readonly status: number
}

/** Requests that differ in how GraphQL is sent over HTTP. */
const OVER_HTTP: readonly HttpCase[] = [
  {
    id: 'graphql/T31a',
    title: 'a mutation by GET',
    search: '?query=mutation{addBooks(inputs:[]){id}}',
    scope: ADMIN_SCOPE,
    init: {},
    status: 405,
  },
  {
    id: 'graphql/T31b',
    title: 'a form, without a token',
    search: '',
    scope: '',
    init: { method: 'POST', body: new URLSearchParams({ query: '{ __typename }' }) },
    status: 415,
  },
  {
    id: 'graphql/T31c',
    title: 'a GET request that a browser may send cross-site',
    search: '?query={__typename}',
    scope: '',
    init: {},
    status: 400,
  },
  {
    id: 'graphql/T32a',
    title: 'a list of requests',
    search: '',
    scope: READ_SCOPE,
    init: {
      method: 'POST',
      body: '[{"query":"{__typename}"}]',
      headers: { 'content-type': 'application/json' },
    },
    status: 400,
  },
  {
    id: 'graphql/T32b',
    title: 'a body of more than 256 KiB',
    search: '',
    scope: READ_SCOPE,
    init: {
      method: 'POST',
      body: `"${'x'.repeat(262_144)}"`,
      headers: { 'content-type': 'application/json' },
    },
    status: 413,
  },
  {
    id: 'graphql/G01',
    title: 'a query by GET',
    search: '?query={book(id:1){id}}',
    scope: READ_SCOPE,
    init: {},
    status: 200,
  },
  {
    id: 'graphql/G02',
    title: 'two operations without a name',
    search: '?query=query A{__typename} query B{__typename}',
    scope: READ_SCOPE,
    init: {},
    status: 400,
  },
  {
    id: 'graphql/G03',
    title: 'two operations with a name',
    search: '?query=query A{__typename} query B{book(id:1){addedBy}}&operationName=A',
    scope: READ_SCOPE,
    init: {},
    status: 200,
  },
  {
    id: 'graphql/G04',
    title: 'an operation type that the schema does not have',
    search: '',
    scope: READ_SCOPE,
    init: {
      method: 'POST',
      body: '{"query":"subscription{books{id}}"}',
      headers: { 'content-type': 'application/json' },
    },
    status: 400,
  },
]
test.each(OVER_HTTP)('$id answers $status for $title', async ({ search, scope, init, status }) => {
  service = await startService()
  const bearer: Record<string, string> = scope
    ? { authorization: `Bearer ${await service.tokenFor(scope)}` }
    : {}
  const reply = await sendRequest(`${service.apiUrl}/graphql${search}`, {
    ...init,
    headers: { ...bearer, ...init.headers } as Record<string, string>,
  })
  expect(reply.status).toBe(status)
})

const REST: readonly { id: string; path: string; status: number; code: string }[] = [
  { id: 'rest/R01', path: '/books?first=abc', status: 400, code: 'BAD_USER_INPUT' },
  { id: 'rest/R02', path: '/books?first=Infinity', status: 400, code: 'BAD_USER_INPUT' },
  { id: 'rest/R03', path: '/books?first=0', status: 400, code: 'BAD_USER_INPUT' },
  { id: 'rest/R04', path: '/books?first=1.5', status: 400, code: 'BAD_USER_INPUT' },
  { id: 'rest/R05', path: '/books?author=a&author=b', status: 400, code: 'BAD_REQUEST' },
  { id: 'rest/R06', path: '/books?publisher=a', status: 400, code: 'BAD_REQUEST' },
  { id: 'rest/R07', path: '/books?after=-1', status: 400, code: 'BAD_USER_INPUT' },
  { id: 'rest/R08', path: '/books/1e0', status: 404, code: 'NOT_FOUND' },
  { id: 'rest/R09', path: '/books/%00', status: 404, code: 'NOT_FOUND' },
  { id: 'rest/R10', path: `/books/${'1'.repeat(300)}`, status: 414, code: 'LIMIT_EXCEEDED' },
]
test.each(REST)('$id answers GET $path with $status $code', async ({ path, status, code }) => {
  service = await startService()
  const reply = await sendRequest(`${service.apiUrl}${path}`, {
    headers: { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` },
  })
  expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([status, code])
})
