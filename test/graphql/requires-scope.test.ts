import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { addResolversToSchema, makeExecutableSchema } from '@graphql-tools/schema'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  parse,
  subscribe,
} from 'graphql'
import { type Database, openDatabase } from '../../src/database/database.ts'
import type { Context } from '../../src/graphql/context.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { enforceRules } from '../../src/scopes/create-scopes.ts'
import { createScopes } from '../../src/scopes/index.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { createAuthorizationPlugin, createContextWithScopes } from '../support/authorization-plugin.ts'
import { ADMIN_SCOPE, READ_SCOPE } from '../support/service.ts'

const WRITE = 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }'
const unguarded = addResolversToSchema({ schema: loadSchema(), resolvers })
const scopes = createScopes(unguarded, { strict: true })

let database: Database
beforeEach(async () => {
  database = await openDatabase('file::memory:')
})
afterEach(() => database.destroy())

const contextOf = (...scopes: string[]) => createContextWithScopes(database, ...scopes)

const countBooks = async () => (await database.selectFrom('books').select('id').execute()).length

function createServer(schema: GraphQLSchema, isAuthorizing: boolean) {
  return new ApolloServer<Context>({
    schema,
    plugins: isAuthorizing ? [createAuthorizationPlugin(scopes)] : [],
  })
}

test('writes for a reader without any enforcement', async () => {
  await createServer(unguarded, false).executeOperation(
    { query: WRITE },
    { contextValue: contextOf(READ_SCOPE) },
  )
  expect(await countBooks()).toBe(6)
})

test('denies before any resolver runs with static authorization alone', async () => {
  const { body } = await createServer(unguarded, true).executeOperation(
    { query: WRITE },
    { contextValue: contextOf(READ_SCOPE) },
  )
  expect(body.kind === 'single' && body.singleResult.errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  expect(await countBooks()).toBe(5)
})

test('denies at the field with guarded resolvers alone, even an admin, because the operation was not authorized', async () => {
  const { schema } = scopes
  await createServer(schema, false).executeOperation(
    { query: WRITE },
    { contextValue: contextOf(ADMIN_SCOPE) },
  )
  const direct = await execute({ schema, document: parse(WRITE), contextValue: contextOf(ADMIN_SCOPE) })
  expect(direct.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  expect(await execute({ schema, document: parse(WRITE) })).toHaveProperty('errors')
  expect(await countBooks()).toBe(5)
})

test('executes an authorized operation with both', async () => {
  await createServer(scopes.schema, true).executeOperation(
    { query: WRITE },
    { contextValue: contextOf(ADMIN_SCOPE) },
  )
  expect(await countBooks()).toBe(6)
})

test('does not accept the authorization of another operation', async () => {
  const { schema } = scopes
  const server = new ApolloServer<Context>({
    schema,
    plugins: [createAuthorizationPlugin(scopes), capture],
  })
  const { document, contextValue } = await authorizeBy(server, '{ books { id } }', contextOf(READ_SCOPE))
  expect((await execute({ schema, document, contextValue })).errors).toBeUndefined()
  expect((await execute({ schema, document: parse(WRITE), contextValue })).errors).toHaveLength(1)
  expect(await countBooks()).toBe(5)
})

const SHAPES = `
  type Query @public(reason: "r") {
    open: Int
    given(x: Int @requiresScope(scopes: "a")): Int
    deep(in: In): Int
    one: U
    money: Money
  }
  input In { in: In x: Int @requiresScope(scopes: "a") }
  union U = Plain | Secret
  type Plain { x: Int }
  type Secret @requiresScope(scopes: "a") { x: Int }
  scalar Money @requiresScope(scopes: "a")
  type Subscription { ticks: Int @requiresScope(scopes: "a") }`

type Authorized = { readonly document: DocumentNode; readonly contextValue: Context }
const captured: Authorized[] = []
/** Captures the context that plugins see: Apollo Server copies it, and the copy is authorized. */
const capture: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    async didResolveOperation({ document, contextValue }) {
      captured.push({ document, contextValue })
    },
  }),
}

async function authorizeBy(
  server: ApolloServer<Context>,
  query: string,
  contextValue: Context,
): Promise<Authorized> {
  await server.executeOperation({ query }, { contextValue })
  const last = captured.pop()
  if (!last) throw new Error('the operation was not authorized')
  return last
}

/** Returns the guarded schema, the resolvers that have run, and a function that authorizes a document. */
function createGuardedShapes() {
  const calls: string[] = []
  const field = (name: string, value: unknown) => () => {
    calls.push(name)
    return value
  }
  async function* ticks() {
    calls.push('subscribe')
    yield { ticks: 1 }
    yield { ticks: 2 }
  }
  const shapes = makeExecutableSchema({
    typeDefs: SCOPE_DIRECTIVES + SHAPES,
    resolvers: {
      Query: {
        open: field('open', 1),
        given: field('given', 1),
        deep: field('deep', 1),
        one: field('one', { __typename: 'Plain', x: 1 }),
        money: field('money', 1),
      },
      Subscription: { ticks: { subscribe: ticks } },
    },
  })
  const shapeScopes = enforceRules(shapes, readRules(shapes))
  const { schema } = shapeScopes
  const authorize = (query: string, context: Context) =>
    authorizeBy(
      new ApolloServer<Context>({
        schema,
        plugins: [createAuthorizationPlugin(shapeScopes), capture],
      }),
      query,
      context,
    )
  return { calls, schema, authorize }
}

test.each([
  '{ given(x: 1) }',
  '{ given }',
  '{ deep(in: { in: { x: 1 } }) }',
  '{ one { __typename } }',
  '{ money }',
])('runs no resolver of %s when the schema is executed directly', async (source) => {
  const { calls, schema } = createGuardedShapes()
  const { errors } = await execute({ schema, document: parse(source), contextValue: {} })
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  expect(calls).toEqual([])
  expect((await execute({ schema, document: parse('{ open }') })).data).toEqual({ open: 1 })
})

test('graphql/B20 does not subscribe without authorization, and ends the stream when the token expires', async () => {
  const { calls, schema, authorize } = createGuardedShapes()
  const source = 'subscription { ticks }'
  expect(await subscribe({ schema, document: parse(source), contextValue: contextOf('a') })).toHaveProperty(
    'errors',
  )
  expect(calls).toEqual([])
  let seconds = 0
  const caller = { subject: 's', client: 'c', scopes: new Set(['a']), expiresAt: 100 }
  const contextValue = { ...contextOf(), caller, getDate: () => new Date(seconds * 1000) }
  const events = (await subscribe({
    schema,
    ...(await authorize(source, contextValue)),
  })) as AsyncGenerator<ExecutionResult>
  expect((await events.next()).value.data).toEqual({ ticks: 1 })
  seconds = 131
  const { value } = await events.next()
  expect(value.data).toEqual({ ticks: null })
  expect(value.errors[0].extensions.code).toBe('UNAUTHENTICATED')
})
