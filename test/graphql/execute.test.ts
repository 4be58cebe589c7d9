// Requests in plain JSON are executed directly, all others by Apollo Server's HTTP layer: the responses must be equal.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

let service: Service
/** Leaves out "Did you mean" in errors. */
let hidingService: Service
beforeAll(async () => {
  service = await startService()
  hidingService = await startService({ INTROSPECTION: 'off' })
})
afterAll(() => Promise.all([service.close(), hidingService.close()]))

const BOOK = 'query Book($id: ID!) { book(id: $id) { id title } }'
const TWO = 'query A { a: __typename } query B { b: __typename }'
const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { title } }'

type ExecuteCase = {
  readonly id: string
  readonly title: string
  /** Text, or a value that is sent as JSON. */
  readonly body: unknown
  /** The token's scopes; without any, no token is sent. */
  readonly scopes?: readonly string[]
}

const EXECUTE_CASES: readonly ExecuteCase[] = [
  { id: 'execute/R01', title: 'a query', body: { query: BOOK, variables: { id: 1 } }, scopes: [READ_SCOPE] },
  {
    id: 'execute/R02',
    title: 'an unknown book',
    body: { query: BOOK, variables: { id: '999999' } },
    scopes: [READ_SCOPE],
  },
  { id: 'execute/R03', title: 'an operation by name', body: { query: TWO, operationName: 'B' } },
  { id: 'execute/R04', title: 'two operations without a name', body: { query: TWO } },
  { id: 'execute/R05', title: 'an unknown operation name', body: { query: TWO, operationName: 'C' } },
  { id: 'execute/R06', title: 'an empty operation name', body: { query: TWO, operationName: '' } },
  { id: 'execute/R07', title: 'an operation name that is a number', body: { query: TWO, operationName: 7 } },
  {
    id: 'execute/R08',
    title: 'an operation name that is null',
    body: { query: BOOK, variables: { id: 1 }, operationName: null },
    scopes: [READ_SCOPE],
  },
  { id: 'execute/R09', title: 'no token', body: { query: BOOK, variables: { id: 1 } } },
  {
    id: 'execute/R10',
    title: 'a missing scope',
    body: { query: ADD, variables: { input: {} } },
    scopes: [READ_SCOPE],
  },
  { id: 'execute/R11', title: 'a syntax error', body: { query: '{ book(' }, scopes: [READ_SCOPE] },
  { id: 'execute/R12', title: 'an unknown field', body: { query: '{ nothing }' }, scopes: [READ_SCOPE] },
  { id: 'execute/R13', title: 'a missing variable', body: { query: BOOK }, scopes: [READ_SCOPE] },
  {
    id: 'execute/R14',
    title: 'an invalid variable',
    body: { query: BOOK, variables: { id: {} } },
    scopes: [READ_SCOPE],
  },
  { id: 'execute/R15', title: 'variables that are null', body: { query: '{ __typename }', variables: null } },
  { id: 'execute/R16', title: 'variables that are a list', body: { query: '{ __typename }', variables: [] } },
  {
    id: 'execute/R17',
    title: 'variables that are a string',
    body: { query: '{ __typename }', variables: '{}' },
  },
  {
    id: 'execute/R18',
    title: 'undeclared variables',
    body: { query: '{ __typename }', variables: { a: 1 } },
  },
  { id: 'execute/R19', title: 'an invalid input', body: wrongInput(), scopes: [ADMIN_SCOPE, READ_SCOPE] },
  { id: 'execute/R20', title: 'no query', body: {} },
  { id: 'execute/R21', title: 'variables without a query', body: { variables: {} } },
  { id: 'execute/R22', title: 'an empty query', body: { query: '' } },
  { id: 'execute/R23', title: 'a query that is a number', body: { query: 7 } },
  { id: 'execute/R24', title: 'a query that is an object', body: { query: { kind: 'Document' } } },
  { id: 'execute/R25', title: 'a query that is null', body: { query: null } },
  { id: 'execute/R26', title: 'a list of queries', body: [{ query: '{ __typename }' }] },
  { id: 'execute/R27', title: 'a string', body: '"query"' },
  { id: 'execute/R28', title: 'null', body: 'null' },
  { id: 'execute/R29', title: 'an empty body', body: '' },
  { id: 'execute/R30', title: 'invalid JSON', body: '{' },
  { id: 'execute/R31', title: 'extensions', body: { query: '{ __typename }', extensions: {} } },
  {
    id: 'execute/R32',
    title: 'extensions that are null',
    body: { query: '{ __typename }', extensions: null },
  },
  {
    id: 'execute/R33',
    title: 'extensions that are a string',
    body: { query: '{ __typename }', extensions: '{}' },
  },
  { id: 'execute/R34', title: 'an unknown persisted query', body: persisted('0'.repeat(64)) },
  {
    id: 'execute/R35',
    title: 'unknown parameters',
    body: { query: ADD, http: { method: 'GET' }, variables: {} },
    scopes: [ADMIN_SCOPE],
  },
  {
    id: 'execute/R36',
    title: 'a parameter named http',
    body: { query: '{ __typename }', http: { headers: 7 } },
  },
  {
    id: 'execute/R37',
    title: 'a parameter named __proto__',
    body: '{"query":"{ __typename }","__proto__":{"extensions":7}}',
  },
  { id: 'execute/R38', title: 'a subscription', body: { query: 'subscription { x }' }, scopes: [READ_SCOPE] },
  {
    id: 'execute/R39',
    title: 'introspection',
    body: { query: '{ __schema { queryType { name } } }' },
    scopes: [READ_SCOPE],
  },
  { id: 'execute/R40', title: 'characters beyond ASCII', body: { query: '{ __typename } # \u{1f4d6}' } },
  {
    id: 'execute/R41',
    title: 'a field that fails',
    body: { query: '{ books(first: 1, after: "x") { id } }' },
    scopes: [READ_SCOPE],
  },
]

const INVALID_QUERIES = [
  { id: 'execute/R42', title: 'two errors', query: '{ book(id: {}) { idd } }' },
  { id: 'execute/R43', title: 'more errors than are reported', query: `{ ${'idd '.repeat(9)} }` },
  { id: 'execute/R44', title: 'a type definition', query: '{ __typename } type T { id: ID }' },
  { id: 'execute/R46', title: 'a field without selections', query: '{ book(id: 1) }' },
  {
    id: 'execute/R47',
    title: 'names like those of the schema',
    query: '{ bok(i: 1) { id } book(ids: 1) { titel } }',
  },
  { id: 'execute/R48', title: 'introspection and an error', query: '{ __schema { types { nam } } }' },
  { id: 'execute/R45', title: 'a subscription without a type', query: 'subscription { a b }' },
]
const INVALID_CASES = INVALID_QUERIES.map(
  ({ query, ...others }): ExecuteCase => ({
    ...others,
    body: { query, operationName: 'Unknown' },
    scopes: [READ_SCOPE],
  }),
)
const ALL_CASES = [...EXECUTE_CASES, ...INVALID_CASES]

function wrongInput() {
  return { query: ADD, variables: { input: { title: '', author: '', cost: -1, numPages: 0 } } }
}

function persisted(sha256Hash: string) {
  return { extensions: { persistedQuery: { version: 1, sha256Hash } } }
}

test.each(ALL_CASES)('$id $title', (row) => expectSameResponses(service, row))
test.each(ALL_CASES)('$id $title, where the schema is hidden', (row) =>
  expectSameResponses(hidingService, row),
)

async function expectSameResponses(service: Service, { body, scopes = [] }: ExecuteCase): Promise<void> {
  const authorization = scopes.length > 0 && `Bearer ${await service.tokenFor(...scopes)}`
  const send = async (contentType: string) => {
    const { status, headers, text } = await sendRequest(`${service.apiUrl}/graphql`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: {
        accept: 'application/json',
        'content-type': contentType,
        ...(authorization && { authorization }),
      },
    })
    const comparable = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
    return { status, headers: Object.fromEntries(comparable), text }
  }
  const plain = await send('application/json')
  // The charset does not change the meaning, but the request is not plain JSON.
  expect(plain).toEqual(await send('application/json; charset=utf-8'))
  // A denial that is repeated is not passed to Apollo Server.
  expect(await send('application/json')).toEqual(plain)
  expect(plain.headers['content-type']).toBe('application/json; charset=utf-8')
}
