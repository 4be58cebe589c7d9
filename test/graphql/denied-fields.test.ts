import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { extendSchema, parse } from 'graphql'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

/** Adds an interface and a union, which the schema of books does not have. */
const ABSTRACT_TYPES = `
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
  const schema = extendSchema(loadSchema(), parse(ABSTRACT_TYPES))
  service = await startService({ API_URL: 'http://localhost' }, { issuerUrl: issuer.url, schema })
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

const SECRET = '{ addedBy }'

/** Ways of selecting one denied field. */
const SELECTIONS: readonly { id: string; title: string; query: string; variables?: object }[] = [
  { id: 'graphql/T28a', title: 'selected directly', query: `{ book(id: 1) ${SECRET} }` },
  { id: 'graphql/T28b', title: 'under aliases', query: '{ title: book(id: 1) { title: addedBy } }' },
  {
    id: 'graphql/T28c',
    title: 'in a fragment',
    query: `{ book(id: 1) { ...F } } fragment F on Book ${SECRET}`,
  },
  {
    id: 'graphql/T28d',
    title: 'in nested fragments',
    query: `{ ...A } fragment A on Query { book(id: 1) { ...F } } fragment F on Book { ... ${SECRET} }`,
  },
  { id: 'graphql/T28e', title: 'of an interface', query: `{ entry ${SECRET} }` },
  {
    id: 'graphql/T28f',
    title: 'of an interface, by object type',
    query: `{ entry { ... on Book ${SECRET} } }`,
  },
  { id: 'graphql/T28g', title: 'of a union', query: `{ item { ... on Book ${SECRET} } }` },
  { id: 'graphql/T28h', title: 'of a union, by interface', query: `{ item { ... on Entry ${SECRET} } }` },
  {
    id: 'graphql/T28i',
    title: 'with @include by a variable',
    query: 'query ($v: Boolean!) { book(id: 1) { addedBy @include(if: $v) } }',
    variables: { v: true },
  },
  {
    id: 'graphql/T28j',
    title: 'with @skip by a default value',
    query: 'query ($v: Boolean = false) { book(id: 1) { ... @skip(if: $v) { addedBy } } }',
  },
  { id: 'graphql/T28k', title: 'in a list', query: `{ books { ${SECRET.slice(2, -2)} } }` },
  { id: 'graphql/T28l', title: 'in a connection', query: `{ booksConnection { edges { node ${SECRET} } } }` },
  { id: 'graphql/T28m', title: 'beside a public field', query: `{ __typename book(id: 1) ${SECRET} }` },
]
test.each(SELECTIONS)('$id responds alike to a denied field $title', async ({ query, variables }) => {
  const token = await issuer.signToken({ scp: [READ_SCOPE] })
  const { status, headers, json } = await service.graphql(query, token, variables)
  expect([status, headers.get('www-authenticate')]).toEqual([
    403,
    'Bearer error="insufficient_scope", error_description="the access token lacks a scope that this operation needs", ' +
      `scope="${READ_SCOPE} ${ADMIN_SCOPE}", resource_metadata="http://localhost/.well-known/oauth-protected-resource"`,
  ])
  // The interface's field is a coordinate of its own, denied together with its implementations.
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

test('graphql/T26b returns one error for each denied field and one challenge for all, and executes nothing', async () => {
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
