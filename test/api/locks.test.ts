import { ApolloServer } from '@apollo/server'
import { addResolversToSchema } from '@graphql-tools/schema'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { execute, type GraphQLSchema, parse } from 'graphql'
import type { Context } from '../../src/api/context.ts'
import { resolvers } from '../../src/api/resolvers.ts'
import { locked, scopeGate } from '../../src/api/scope-gate.ts'
import { Refusal } from '../../src/refusal.ts'
import { readSchema } from '../../src/schema.ts'
import { lintedRules } from '../../src/scopes/lint.ts'
import { createBooks } from '../../src/store/books.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { ADMIN, READ } from '../service.ts'

const WRITE = 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }'
const bare = addResolversToSchema({ schema: readSchema(), resolvers })
const rules = lintedRules(readSchema())

let database: Database
beforeEach(async () => {
  database = await openDatabase('file::memory:')
})
afterEach(() => database.destroy())

const contextOf = (...scopes: string[]): Context => ({
  caller: { subject: 's', client: 'c', scopes: new Set(scopes), expiresAt: 2 ** 31 },
  books: createBooks(database),
  now: () => new Date(0),
  limits: { page: 100, batch: 100 },
})

const stored = async () => (await database.selectFrom('books').select('id').execute()).length

function server(schema: GraphQLSchema, gated: boolean) {
  const gate = { schema, rules, declared: [], metadataUrl: () => '', introspectionNeedsToken: false }
  return new ApolloServer<Context>({ schema, plugins: gated ? [scopeGate(gate)] : [] })
}

test('without locks a reader’s write goes through: what the locks are for', async () => {
  await server(bare, false).executeOperation({ query: WRITE }, { contextValue: contextOf(READ) })
  expect(await stored()).toBe(6)
})

test('the first lock alone refuses before anything runs', async () => {
  const { body } = await server(bare, true).executeOperation(
    { query: WRITE },
    { contextValue: contextOf(READ) },
  )
  expect(body.kind === 'single' && body.singleResult.errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  expect(await stored()).toBe(5)
})

test('the second lock alone refuses at the field, even to an admin: nothing has let the operation in', async () => {
  const schema = locked(bare, rules)
  await server(schema, false).executeOperation({ query: WRITE }, { contextValue: contextOf(ADMIN) })
  const direct = await execute({ schema, document: parse(WRITE), contextValue: contextOf(ADMIN) })
  expect(direct.errors?.[0]?.originalError).toBeInstanceOf(Refusal)
  expect(await execute({ schema, document: parse(WRITE) })).toHaveProperty('errors')
  expect(await stored()).toBe(5)
})

test('both locks let in who may', async () => {
  await server(locked(bare, rules), true).executeOperation(
    { query: WRITE },
    { contextValue: contextOf(ADMIN) },
  )
  expect(await stored()).toBe(6)
})

test('being let in for one operation does not open another', async () => {
  const schema = locked(bare, rules)
  const contextValue = contextOf(READ)
  await server(schema, true).executeOperation({ query: '{ books { id } }' }, { contextValue })
  await execute({ schema, document: parse(WRITE), contextValue })
  expect(await stored()).toBe(5)
})
