import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { extendSchema, parse } from 'graphql'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

/** The books' schema, and beside it the shapes that it does not have: an interface and a union. */
const MORE = `
  interface Entry { addedBy: String @requiresScope(scopes: "fakebookapi.admin") }
  extend type Book implements Entry
  union Item = Book
  extend type Query {
    entry: Entry @requiresScope(scopes: "fakebookapi.read")
    item: Item @requiresScope(scopes: "fakebookapi.read")
  }`

let issuer: StubIssuer
let service: Service
beforeAll(async () => {
  issuer = await startStubIssuer()
  const schema = extendSchema(loadSchema(), parse(MORE))
  service = await startService({ API_URL: 'http://localhost' }, issuer.url, undefined, schema)
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

const SECRET = '{ addedBy }'

/** One thing that is denied, asked for in every way that GraphQL has. */
const WAYS: readonly (readonly [id: string, what: string, query: string, variables?: object])[] = [
  ['T28a', 'plainly', `{ book(id: 1) ${SECRET} }`],
  ['T28b', 'under other names', '{ title: book(id: 1) { title: addedBy } }'],
  ['T28c', 'in a fragment', `{ book(id: 1) { ...F } } fragment F on Book ${SECRET}`],
  [
    'T28d',
    'in fragments in fragments',
    `{ ...A } fragment A on Query { book(id: 1) { ...F } } fragment F on Book { ... ${SECRET} }`,
  ],
  ['T28e', 'behind an interface', `{ entry ${SECRET} }`],
  ['T28f', 'behind an interface, by type', `{ entry { ... on Book ${SECRET} } }`],
  ['T28g', 'behind a union', `{ item { ... on Book ${SECRET} } }`],
  ['T28h', 'behind a union, by interface', `{ item { ... on Entry ${SECRET} } }`],
  [
    'T28i',
    'with @include by a variable',
    'query ($v: Boolean!) { book(id: 1) { addedBy @include(if: $v) } }',
    { v: true },
  ],
  [
    'T28j',
    'with @skip by default',
    'query ($v: Boolean = false) { book(id: 1) { ... @skip(if: $v) { addedBy } } }',
  ],
  ['T28k', 'in a page', `{ books { ${SECRET.slice(2, -2)} } }`],
  ['T28l', 'in a connection', `{ booksConnection { edges { node ${SECRET} } } }`],
  ['T28m', 'beside what is public', `{ __typename book(id: 1) ${SECRET} }`],
]
test.each(WAYS)('%s what is denied is denied in the same words: %s', async (...[, , query, variables]) => {
  const token = await issuer.signToken({ scp: [READ_SCOPE] })
  const { status, headers, json } = await service.graphql(query, token, variables)
  expect([status, headers.get('www-authenticate')]).toEqual([
    403,
    'Bearer error="insufficient_scope", error_description="the access token lacks a scope that this operation needs", ' +
      `scope="${READ_SCOPE} ${ADMIN_SCOPE}", resource_metadata="http://localhost/.well-known/oauth-protected-resource"`,
  ])
  // An interface's field is a coordinate of its own, denied beside those behind it.
  const errors = json.errors?.filter(({ extensions }) => extensions.coordinate !== 'Entry.addedBy')
  expect({ ...json, errors }).toEqual({
    errors: [
      {
        message: expect.any(String),
        path: expect.any(Array),
        extensions: {
          code: 'FORBIDDEN',
          coordinate: 'Book.addedBy',
          requiredScopes: [ADMIN_SCOPE],
          missingScopes: [ADMIN_SCOPE],
        },
      },
    ],
  })
})

test('T26b everything denied: one error for each, the challenge for all, and nothing has run', async () => {
  const query = `mutation { a: addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id }
    b: addBooks(inputs: []) { id } }`
  const { status, headers, json } = await service.graphql(query, await issuer.signToken({ scp: ['x'] }))
  expect([status, headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringContaining(`scope="${ADMIN_SCOPE}"`),
  ])
  expect(json.errors?.map(({ path, extensions }) => [path, extensions.coordinate])).toEqual([
    [['a'], 'Mutation.addBook'],
    [['b'], 'Mutation.addBooks'],
  ])
  expect(json).not.toHaveProperty('data')
})
