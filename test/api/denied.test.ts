import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { extendSchema, parse } from 'graphql'
import { startApi } from '../../src/api/routes.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { createServer } from '../../src/http/server.ts'
import { createMetrics } from '../../src/metrics.ts'
import { readSchema } from '../../src/schema.ts'
import { createTokenRoom } from '../../src/start-token.ts'
import { createBooks } from '../../src/store/books.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../scripted-issuer.ts'
import { ADMIN, post, READ } from '../service.ts'

/** The books' schema, and beside it the shapes that it does not have: an interface and a union. */
const MORE = `
  interface Entry { addedBy: String @requiresScope(scopes: "fakebookapi.admin") }
  extend type Book implements Entry
  union Item = Book
  extend type Query {
    entry: Entry @requiresScope(scopes: "fakebookapi.read")
    item: Item @requiresScope(scopes: "fakebookapi.read")
  }`

let issuer: ScriptedIssuer
let url: string
let close: () => Promise<unknown>
beforeAll(async () => {
  issuer = await scriptedIssuer()
  const config = readConfig({ DATABASE_URL: 'file::memory:', LOG_LEVEL: 'silent', PORT: '0' })
  const database = await openDatabase(config.databaseUrl)
  const metrics = createMetrics({ reasons: [], keys: () => token.keys })
  const report = (fault: unknown) => server.report(fault)
  const resource = () => 'http://localhost'
  const token = createTokenRoom({ config, issuer: issuer.url, resource, clock: systemClock, metrics, report })
  const server = createServer({ limits: config.http, logLevel: config.logLevel, checks: [], metrics })
  const api = await startApi({
    schema: extendSchema(readSchema(), parse(MORE)),
    authenticate: token.authenticate,
    resource,
    issuer: issuer.url,
    introspection: 'open',
    hideNames: false,
    documents: config.documents,
    reportFault: report,
    books: createBooks(database),
    now: () => new Date(),
    limits: config.limits,
  })
  server.add(api.routes)
  url = `http://localhost:${await server.listen(0, '127.0.0.1')}/graphql`
  close = async () => {
    token.close()
    await server.close()
    await api.stop()
    await database.destroy()
    await issuer.close()
  }
})
afterAll(() => close())

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
  const body = JSON.stringify({ query, variables })
  const { status, headers, json } = await post(url, body, await issuer.sign({ scp: [READ] }))
  expect([status, headers.get('www-authenticate')]).toEqual([
    403,
    'Bearer error="insufficient_scope", error_description="the access token lacks a scope that this operation needs", ' +
      `scope="${READ} ${ADMIN}", resource_metadata="http://localhost/.well-known/oauth-protected-resource"`,
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
          requiredScopes: [ADMIN],
          missingScopes: [ADMIN],
        },
      },
    ],
  })
})

test('T26b everything denied: one error for each, the challenge for all, and nothing has run', async () => {
  const query = `mutation { a: addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id }
    b: addBooks(inputs: []) { id } }`
  const { status, headers, json } = await post(
    url,
    JSON.stringify({ query }),
    await issuer.sign({ scp: ['x'] }),
  )
  expect([status, headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringContaining(`scope="${ADMIN}"`),
  ])
  expect(json.errors?.map(({ path, extensions }) => [path, extensions.coordinate])).toEqual([
    [['a'], 'Mutation.addBook'],
    [['b'], 'Mutation.addBooks'],
  ])
  expect(json).not.toHaveProperty('data')
})
