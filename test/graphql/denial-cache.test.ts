// The latest denial of each plan is cached: every caller must still get the denial for its own scopes.

import { ApolloServer } from '@apollo/server'
import { addResolversToSchema } from '@graphql-tools/schema'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/database/database.ts'
import type { Context } from '../../src/graphql/context.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { createScopes } from '../../src/scopes/index.ts'
import { createAuthorizationPlugin, createContextWithScopes } from '../support/authorization-plugin.ts'
import { ADMIN_SCOPE, READ_SCOPE } from '../support/service.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase('file::memory:')
})
afterAll(() => database.destroy())

const schema = addResolversToSchema({ schema: loadSchema(), resolvers })
const server = new ApolloServer<Context>({
  schema,
  plugins: [createAuthorizationPlugin(createScopes(schema, { strict: true }))],
})

// Two callers whose tokens have the same set of scopes differ in the binding of their keys.
const readerScopes: ReadonlySet<string> = new Set([READ_SCOPE])
const reader = () => {
  const { caller, ...context } = createContextWithScopes(database)
  return { ...context, caller: caller && { ...caller, scopes: readerScopes } }
}
const otherClient = () => createContextWithScopes(database, 'other')
const admin = () => createContextWithScopes(database, READ_SCOPE, ADMIN_SCOPE)
const boundReader = () => {
  const { caller, ...context } = reader()
  return { ...context, caller: caller && { ...caller, jkt: 'key' } }
}
const anonymous = () => ({ ...reader(), caller: undefined })

const WRITE = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
const input = { title: 't', author: 'a', cost: 1, numPages: 1 }
const WHEN = 'query ($with: Boolean!) { __typename book(id: 1) @include(if: $with) { id } }'

type DenialCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  /** Requests in their order, each with the expected challenge and message. */
  readonly requests: readonly (readonly [createContext: () => Context, variables: object, result: RegExp])[]
}

const DENIAL_CASES: readonly DenialCase[] = [
  {
    id: 'denial-cache/A01',
    title: 'a guarded mutation',
    query: WRITE,
    requests: [
      [reader, { input }, /^Bearer error="insufficient_scope".* has fakebookapi\.read\.$/],
      [otherClient, { input }, /^Bearer error="insufficient_scope".* has other\.$/],
      [
        anonymous,
        { input },
        /^Bearer scope="fakebookapi\.admin", resource_metadata.*requires an access token/,
      ],
      [reader, { input }, /^Bearer error="insufficient_scope".* has fakebookapi\.read\.$/],
      [boundReader, { input }, /^DPoP error="insufficient_scope".* has fakebookapi\.read\.$/],
      [reader, { input }, /^Bearer error="insufficient_scope".* has fakebookapi\.read\.$/],
      [admin, { input }, /^authorized$/],
      [
        anonymous,
        { input },
        /^Bearer scope="fakebookapi\.admin", resource_metadata.*requires an access token/,
      ],
      [admin, { input }, /^authorized$/],
    ],
  },
  {
    id: 'denial-cache/A02',
    title: 'a condition that depends on a variable',
    query: WHEN,
    requests: [
      [anonymous, { with: true }, /This request requires an access token/],
      [anonymous, { with: false }, /^authorized$/],
      [anonymous, { with: true }, /This request requires an access token/],
      [otherClient, { with: true }, /has other\.$/],
      [otherClient, { with: false }, /^authorized$/],
    ],
  },
]

test.each(DENIAL_CASES)('$id $title', async ({ query, requests }) => {
  // A cached token keeps its set of scopes, which identifies the caller's scopes.
  const contexts = new Map(requests.map(([createContext]) => [createContext, createContext()]))
  for (const [createContext, variables, result] of requests) {
    const contextValue = contexts.get(createContext) ?? createContext()
    const request = { query, variables: { ...variables } }
    const { http, body } = await server.executeOperation(request, { contextValue })
    const [error] = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
    const received = error ? `${http.headers.get('www-authenticate')} ${error.message}` : 'authorized'
    expect(received).toMatch(result)
  }
})
