// Plain JSON goes to Apollo Server as an operation, all else as HTTP: what is answered is the same.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const BOOK = 'query Book($id: ID!) { book(id: $id) { id title } }'
const TWO = 'query A { a: __typename } query B { b: __typename }'
const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { title } }'

/** What is sent, as JavaScript has it or as text, and with which scopes; no scopes: no token. */
const ROWS: readonly (readonly [id: string, what: string, body: unknown, ...scopes: string[]])[] = [
  ['R01', 'a query', { query: BOOK, variables: { id: 1 } }, READ_SCOPE],
  ['R02', 'a book that is not there', { query: BOOK, variables: { id: '999999' } }, READ_SCOPE],
  ['R03', 'an operation by its name', { query: TWO, operationName: 'B' }],
  ['R04', 'no name of two', { query: TWO }],
  ['R05', 'a name that is none', { query: TWO, operationName: 'C' }],
  ['R06', 'an empty name', { query: TWO, operationName: '' }],
  ['R07', 'a name that is no text', { query: TWO, operationName: 7 }],
  ['R08', 'a name that is null', { query: BOOK, variables: { id: 1 }, operationName: null }, READ_SCOPE],
  ['R09', 'no token', { query: BOOK, variables: { id: 1 } }],
  ['R10', 'without the scope', { query: ADD, variables: { input: {} } }, READ_SCOPE],
  ['R11', 'a syntax error', { query: '{ book(' }, READ_SCOPE],
  ['R12', 'an unknown field', { query: '{ nothing }' }, READ_SCOPE],
  ['R13', 'a variable that is not there', { query: BOOK }, READ_SCOPE],
  ['R14', 'a variable that is wrong', { query: BOOK, variables: { id: {} } }, READ_SCOPE],
  ['R15', 'variables that are null', { query: '{ __typename }', variables: null }],
  ['R16', 'variables that are a list', { query: '{ __typename }', variables: [] }],
  ['R17', 'variables that are text', { query: '{ __typename }', variables: '{}' }],
  ['R18', 'variables that nobody asked for', { query: '{ __typename }', variables: { a: 1 } }],
  ['R19', 'an input that is wrong', wrongInput(), ADMIN_SCOPE, READ_SCOPE],
  ['R20', 'no query', {}],
  ['R21', 'no query, but something', { variables: {} }],
  ['R22', 'an empty query', { query: '' }],
  ['R23', 'a query that is no text', { query: 7 }],
  ['R24', 'a query that is a document', { query: { kind: 'Document' } }],
  ['R25', 'a query that is null', { query: null }],
  ['R26', 'a list of queries', [{ query: '{ __typename }' }]],
  ['R27', 'text', '"query"'],
  ['R28', 'null', 'null'],
  ['R29', 'nothing', ''],
  ['R30', 'what is no JSON', '{'],
  ['R31', 'extensions', { query: '{ __typename }', extensions: {} }],
  ['R32', 'extensions that are null', { query: '{ __typename }', extensions: null }],
  ['R33', 'extensions that are text', { query: '{ __typename }', extensions: '{}' }],
  ['R34', 'a document by its hash', persisted('0'.repeat(64))],
  ['R35', 'more than GraphQL knows', { query: ADD, http: { method: 'GET' }, variables: {} }, ADMIN_SCOPE],
  ['R36', 'a request that says how it came', { query: '{ __typename }', http: { headers: 7 } }],
  ['R37', 'a prototype', '{"query":"{ __typename }","__proto__":{"extensions":7}}'],
  ['R38', 'a subscription', { query: 'subscription { x }' }, READ_SCOPE],
  ['R39', 'the schema', { query: '{ __schema { queryType { name } } }' }, READ_SCOPE],
  ['R40', 'letters beyond ASCII', { query: '{ __typename } # \u{1f4d6}' }],
  ['R41', 'a field that fails', { query: '{ books(first: 1, after: "x") { id } }' }, READ_SCOPE],
]

function wrongInput() {
  return { query: ADD, variables: { input: { title: '', author: '', cost: -1, numPages: 0 } } }
}

function persisted(sha256Hash: string) {
  return { extensions: { persistedQuery: { version: 1, sha256Hash } } }
}

test.each(ROWS)('%s %s', async (_, __, sent, ...scopes) => {
  const authorization = scopes.length > 0 && `Bearer ${await service.tokenFor(...scopes)}`
  const ask = async (accept: string) => {
    const { status, headers, text } = await sendRequest(`${service.apiUrl}/graphql`, {
      method: 'POST',
      body: typeof sent === 'string' ? sent : JSON.stringify(sent),
      headers: { accept, 'content-type': 'application/json', ...(authorization && { authorization }) },
    })
    const kept = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
    return { status, headers: Object.fromEntries(kept), text }
  }
  const plain = await ask('application/json')
  // Apollo Server reads weights; what they say here is the same.
  expect(plain).toEqual(await ask('application/json;q=0.9'))
  expect(plain.headers['content-type']).toBe('application/json; charset=utf-8')
})
