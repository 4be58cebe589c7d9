import { afterEach, describe, expect, test } from '@jest/globals'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

let service: Service
afterEach(() => service.close())

const INTROSPECTION = '{ __schema { types { name } } }'

describe('introspection', () => {
  const ROWS = [
    ['open', 200, 200],
    ['authenticated', 401, 200],
    ['off', 400, 400],
  ] as const
  test.each(ROWS)('%s: %d without a token, %d with one', async (setting, nobody, somebody) => {
    service = await startService({ INTROSPECTION: setting })
    expect((await service.graphql(INTROSPECTION)).status).toBe(nobody)
    expect((await service.graphql(INTROSPECTION, await service.tokenFor(READ_SCOPE))).status).toBe(somebody)
    expect((await service.graphql('{ __typename }')).status).toBe(200)
  })

  test('T34b is for tokens alone in production', async () => {
    service = await startService({ NODE_ENV: 'production' })
    expect((await service.graphql(INTROSPECTION)).status).toBe(401)
  })
})

test('the schema’s descriptions say what is needed, and nobody wrote that', async () => {
  service = await startService()
  const query =
    '{ __type(name: "Book") { fields { name description } } m: __type(name: "Mutation") { fields { name description } } }'
  const { json } = await service.graphql(query)
  const fields = [json.data?.__type, json.data?.m].flatMap(
    (type) => (type as { fields: { name: string; description: string }[] }).fields,
  )
  const of = (name: string) => fields.find((field) => field.name === name)?.description
  expect(of('addedBy')).toBe(
    'The subject of the access token that added the book.\n\nNeeds fakebookapi.admin.',
  )
  expect(of('addBook')).toMatch(/\n\nNeeds fakebookapi\.admin\.$/)
  expect(of('title')).not.toMatch(/Needs/)
})

test('T34a a wrong name gets a suggestion in development, and in production nothing that tells of the schema', async () => {
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

/** Requests that change how GraphQL comes over HTTP, not what it asks. */
const OVER_HTTP: readonly (readonly [string, string, string, string, RequestInit, number])[] = [
  ['T31a', 'a mutation by GET', '?query=mutation{addBooks(inputs:[]){id}}', ADMIN_SCOPE, {}, 405],
  [
    'T31b',
    'a form, without a token',
    '',
    '',
    { method: 'POST', body: new URLSearchParams({ query: '{ __typename }' }) },
    415,
  ],
  ['T31c', 'GET that a browser sends anywhere', '?query={__typename}', '', {}, 400],
  [
    'T32a',
    'a list of requests',
    '',
    READ_SCOPE,
    { method: 'POST', body: '[{"query":"{__typename}"}]', headers: { 'content-type': 'application/json' } },
    400,
  ],
  [
    'T32b',
    'a body of more than 256 KiB',
    '',
    READ_SCOPE,
    { method: 'POST', body: `"${'x'.repeat(262_144)}"`, headers: { 'content-type': 'application/json' } },
    413,
  ],
  ['G01', 'a query by GET', '?query={book(id:1){id}}', READ_SCOPE, {}, 200],
  [
    'G02',
    'two operations and no name',
    '?query=query A{__typename} query B{__typename}',
    READ_SCOPE,
    {},
    400,
  ],
  [
    'G03',
    'two operations and a name',
    '?query=query A{__typename} query B{book(id:1){addedBy}}&operationName=A',
    READ_SCOPE,
    {},
    200,
  ],
  [
    'G04',
    'a kind of operation that the schema does not have',
    '',
    READ_SCOPE,
    {
      method: 'POST',
      body: '{"query":"subscription{books{id}}"}',
      headers: { 'content-type': 'application/json' },
    },
    400,
  ],
]
test.each(OVER_HTTP)('%s %s', async (_, __, search, scope, init, status) => {
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

/** REST's query strings and paths. */
const REST: readonly (readonly [id: string, path: string, status: number, code: string])[] = [
  ['R01', '/books?first=abc', 400, 'BAD_USER_INPUT'],
  ['R02', '/books?first=Infinity', 400, 'BAD_USER_INPUT'],
  ['R03', '/books?first=0', 400, 'BAD_USER_INPUT'],
  ['R04', '/books?first=1.5', 400, 'BAD_USER_INPUT'],
  ['R05', '/books?author=a&author=b', 400, 'BAD_REQUEST'],
  ['R06', '/books?publisher=a', 400, 'BAD_REQUEST'],
  ['R07', '/books?after=-1', 400, 'BAD_USER_INPUT'],
  ['R08', '/books/1e0', 404, 'NOT_FOUND'],
  ['R09', '/books/%00', 404, 'NOT_FOUND'],
  ['R10', `/books/${'1'.repeat(300)}`, 414, 'LIMIT_EXCEEDED'],
]
test.each(REST)('%s GET %s is %d %s', async (_, path, status, code) => {
  service = await startService()
  const reply = await sendRequest(`${service.apiUrl}${path}`, {
    headers: { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` },
  })
  expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([status, code])
})
