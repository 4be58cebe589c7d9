// Who is refused again is told what he lacks himself, whoever was refused before.

import { ApolloServer } from '@apollo/server'
import { addResolversToSchema } from '@graphql-tools/schema'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/database/database.ts'
import type { Context } from '../../src/graphql/context.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { readValidatedRules } from '../../src/scopes/lint.ts'
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
  plugins: [createAuthorizationPlugin(schema, readValidatedRules(loadSchema()))],
})

const reader = () => createContextWithScopes(database, READ_SCOPE)
const stranger = () => createContextWithScopes(database, 'other')
const admin = () => createContextWithScopes(database, READ_SCOPE, ADMIN_SCOPE)
const bound = () => {
  const { caller, ...context } = reader()
  return { ...context, caller: caller && { ...caller, jkt: 'key' } }
}
const nobody = () => ({ ...reader(), caller: undefined })

const WRITE = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
const input = { title: 't', author: 'a', cost: 1, numPages: 1 }
const WHEN = 'query ($with: Boolean!) { __typename book(id: 1) @include(if: $with) { id } }'

/** Who asks, in turn, and how each answer begins. */
const ROWS: readonly (readonly [
  id: string,
  query: string,
  asks: readonly (readonly [who: () => Context, variables: object, answer: RegExp])[],
])[] = [
  [
    'A01',
    WRITE,
    [
      [reader, { input }, /^Bearer error="insufficient_scope".* has fakebookapi\.read\.$/],
      [stranger, { input }, /^Bearer error="insufficient_scope".* has other\.$/],
      [nobody, { input }, /^Bearer resource_metadata.*This request requires an access token/],
      [reader, { input }, /^Bearer error="insufficient_scope".* has fakebookapi\.read\.$/],
      [bound, { input }, /^DPoP error="insufficient_scope".* has fakebookapi\.read\.$/],
      [reader, { input }, /^Bearer error="insufficient_scope".* has fakebookapi\.read\.$/],
      [admin, { input }, /^let in$/],
      [nobody, { input }, /^Bearer resource_metadata.*This request requires an access token/],
      [admin, { input }, /^let in$/],
    ],
  ],
  [
    'A02',
    WHEN,
    [
      [nobody, { with: true }, /This request requires an access token/],
      [nobody, { with: false }, /^let in$/],
      [nobody, { with: true }, /This request requires an access token/],
      [stranger, { with: true }, /has other\.$/],
      [stranger, { with: false }, /^let in$/],
    ],
  ],
]

test.each(ROWS)('%s %s', async (_, query, asks) => {
  // One caller's scopes are one object for as long as his token is remembered.
  const contexts = new Map(asks.map(([who]) => [who, who()]))
  for (const [who, variables, answer] of asks) {
    const contextValue = contexts.get(who) ?? who()
    const request = { query, variables: { ...variables } }
    const { http, body } = await server.executeOperation(request, { contextValue })
    const [error] = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
    const told = error ? `${http.headers.get('www-authenticate')} ${error.message}` : 'let in'
    expect(told).toMatch(answer)
  }
})
