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
import { ApiError } from '../../src/errors/api-error.ts'
import type { Context } from '../../src/graphql/context.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { guardResolvers } from '../../src/graphql/requires-scope.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { readRules, readValidatedRules } from '../../src/scopes/index.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { createAuthorizationPlugin, createContextWithScopes } from '../support/authorization-plugin.ts'
import { ADMIN_SCOPE, READ_SCOPE } from '../support/service.ts'

const WRITE = 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }'
const bare = addResolversToSchema({ schema: loadSchema(), resolvers })
const rules = readValidatedRules(loadSchema())

let database: Database
beforeEach(async () => {
  database = await openDatabase('file::memory:')
})
afterEach(() => database.destroy())

const contextOf = (...scopes: string[]) => createContextWithScopes(database, ...scopes)

const stored = async () => (await database.selectFrom('books').select('id').execute()).length

function server(schema: GraphQLSchema, gated: boolean) {
  return new ApolloServer<Context>({
    schema,
    plugins: gated ? [createAuthorizationPlugin(schema, rules)] : [],
  })
}

test('without locks a reader’s write goes through: what the locks are for', async () => {
  await server(bare, false).executeOperation({ query: WRITE }, { contextValue: contextOf(READ_SCOPE) })
  expect(await stored()).toBe(6)
})

test('the first lock alone refuses before anything runs', async () => {
  const { body } = await server(bare, true).executeOperation(
    { query: WRITE },
    { contextValue: contextOf(READ_SCOPE) },
  )
  expect(body.kind === 'single' && body.singleResult.errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  expect(await stored()).toBe(5)
})

test('the second lock alone refuses at the field, even to an admin: nothing has let the operation in', async () => {
  const schema = guardResolvers(bare, rules)
  await server(schema, false).executeOperation({ query: WRITE }, { contextValue: contextOf(ADMIN_SCOPE) })
  const direct = await execute({ schema, document: parse(WRITE), contextValue: contextOf(ADMIN_SCOPE) })
  expect(direct.errors?.[0]?.originalError).toBeInstanceOf(ApiError)
  expect(await execute({ schema, document: parse(WRITE) })).toHaveProperty('errors')
  expect(await stored()).toBe(5)
})

test('both locks let in who may', async () => {
  await server(guardResolvers(bare, rules), true).executeOperation(
    { query: WRITE },
    { contextValue: contextOf(ADMIN_SCOPE) },
  )
  expect(await stored()).toBe(6)
})

test('being let in for one operation does not open another', async () => {
  const schema = guardResolvers(bare, rules)
  const server = new ApolloServer<Context>({
    schema,
    plugins: [createAuthorizationPlugin(schema, rules), capture],
  })
  const { document, contextValue } = await admittedBy(server, '{ books { id } }', contextOf(READ_SCOPE))
  expect((await execute({ schema, document, contextValue })).errors).toBeUndefined()
  expect((await execute({ schema, document: parse(WRITE), contextValue })).errors).toHaveLength(1)
  expect(await stored()).toBe(5)
})

const WIDE = `
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

type Admitted = { readonly document: DocumentNode; readonly contextValue: Context }
const captured: Admitted[] = []
/** Apollo Server hands its hooks a copy of the context; what was let in is that copy. */
const capture: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    async didResolveOperation({ document, contextValue }) {
      captured.push({ document, contextValue })
    },
  }),
}

async function admittedBy(
  server: ApolloServer<Context>,
  query: string,
  contextValue: Context,
): Promise<Admitted> {
  await server.executeOperation({ query }, { contextValue })
  const last = captured.pop()
  if (!last) throw new Error('it was not let in')
  return last
}

/** The wide schema behind both locks, what its resolvers ran, and a way to be let in for a document. */
function wide() {
  const ran: string[] = []
  const field = (name: string, value: unknown) => () => {
    ran.push(name)
    return value
  }
  async function* ticking() {
    ran.push('subscribe')
    yield { ticks: 1 }
    yield { ticks: 2 }
  }
  const own = makeExecutableSchema({
    typeDefs: SCOPE_DIRECTIVES + WIDE,
    resolvers: {
      Query: {
        open: field('open', 1),
        given: field('given', 1),
        deep: field('deep', 1),
        one: field('one', { __typename: 'Plain', x: 1 }),
        money: field('money', 1),
      },
      Subscription: { ticks: { subscribe: ticking } },
    },
  })
  const ownRules = readRules(own)
  const schema = guardResolvers(own, ownRules)
  const letIn = (query: string, context: Context) =>
    admittedBy(
      new ApolloServer<Context>({ schema, plugins: [createAuthorizationPlugin(schema, ownRules), capture] }),
      query,
      context,
    )
  return { ran, schema, letIn }
}

test.each([
  '{ given(x: 1) }',
  '{ given }',
  '{ deep(in: { in: { x: 1 } }) }',
  '{ one { __typename } }',
  '{ money }',
])('executed directly, %s runs no resolver', async (source) => {
  const { ran, schema } = wide()
  const { errors } = await execute({ schema, document: parse(source), contextValue: {} })
  expect(errors?.[0]?.originalError).toBeInstanceOf(ApiError)
  expect(ran).toEqual([])
  expect((await execute({ schema, document: parse('{ open }') })).data).toEqual({ open: 1 })
})

test('B20 a subscription that was not let in does not subscribe, and one whose token ends is ended', async () => {
  const { ran, schema, letIn } = wide()
  const source = 'subscription { ticks }'
  expect(await subscribe({ schema, document: parse(source), contextValue: contextOf('a') })).toHaveProperty(
    'errors',
  )
  expect(ran).toEqual([])
  let seconds = 0
  const caller = { subject: 's', client: 'c', scopes: new Set(['a']), expiresAt: 100 }
  const contextValue = { ...contextOf(), caller, now: () => new Date(seconds * 1000) }
  const events = (await subscribe({
    schema,
    ...(await letIn(source, contextValue)),
  })) as AsyncGenerator<ExecutionResult>
  expect((await events.next()).value.data).toEqual({ ticks: 1 })
  seconds = 131
  const { value } = await events.next()
  expect(value.data).toEqual({ ticks: null })
  expect(value.errors[0].originalError.details.code).toBe('UNAUTHENTICATED')
})
