// Bypasses by HTTP or by plugins; those by schemas and documents are in test/scopes.
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl'
import responseCachePlugin from '@apollo/server-plugin-response-cache'
import { addResolversToSchema } from '@graphql-tools/schema'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import type { Context } from '../../src/graphql/context.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { createScopes } from '../../src/scopes/index.ts'
import { createAuthorizationPlugin, createContextWithScopes } from '../support/authorization-plugin.ts'
import { ADMIN_SCOPE, postBody, READ_SCOPE, type Service, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const SECRET = '{ book(id: 1) { addedBy } }'

test('graphql/B06 rejects WebSockets with either subprotocol', async () => {
  for (const protocol of ['graphql-ws', 'graphql-transport-ws']) {
    const socket = connect(Number(new URL(service.apiUrl).port), '127.0.0.1')
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    )
    const [first] = (await new Promise<Buffer>((resolve) => socket.once('data', resolve)))
      .toString()
      .split('\r\n')
    socket.destroy()
    expect(first).toMatch(/^HTTP\/1\.1 4\d\d /)
  }
})

test('graphql/B08 denies a reader the document that an admin has cached, by text or by hash', async () => {
  const [admin, reader] = [
    await service.tokenFor(READ_SCOPE, ADMIN_SCOPE),
    await service.tokenFor(READ_SCOPE),
  ]
  const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(SECRET).digest('hex') }
  const url = `${service.apiUrl}/graphql`
  const first = await postBody(url, JSON.stringify({ query: SECRET, extensions: { persistedQuery } }), admin)
  expect(first.status).toBe(200)
  const byHash = JSON.stringify({ extensions: { persistedQuery } })
  expect((await postBody(url, byHash, admin)).status).toBe(200)
  const { status, json } = await postBody(url, byHash, reader)
  expect([status, json.data, json.errors?.[0]?.extensions.coordinate]).toEqual([
    403,
    undefined,
    'Book.addedBy',
  ])
  expect((await service.graphql(SECRET, reader)).status).toBe(403)
})

test('graphql/B09 denies before a response cache or another plugin answers', async () => {
  const database = await openDatabase('file::memory:')
  const scopes = createScopes(addResolversToSchema({ schema: loadSchema(), resolvers }), { strict: true })
  const { schema } = scopes
  const authorization = createAuthorizationPlugin(scopes)
  const cachingServer = new ApolloServer<Context>({
    schema,
    plugins: [responseCachePlugin(), ApolloServerPluginCacheControl({ defaultMaxAge: 60 }), authorization],
  })
  const ask = async (server: ApolloServer<Context>, ...scopes: string[]) => {
    const { body, http } = await server.executeOperation(
      { query: SECRET, http: undefined as never },
      { contextValue: createContextWithScopes(database, ...scopes) },
    )
    return { age: http.headers.get('age'), text: JSON.stringify(body) }
  }
  expect((await ask(cachingServer, READ_SCOPE, ADMIN_SCOPE)).text).toContain('addedBy')
  expect((await ask(cachingServer, READ_SCOPE, ADMIN_SCOPE)).age).toBeDefined()
  expect((await ask(cachingServer, READ_SCOPE)).text).toContain('FORBIDDEN')
  expect((await ask(cachingServer, READ_SCOPE)).text).not.toContain('"addedBy":')

  const answeringServer = new ApolloServer<Context>({
    schema,
    plugins: [
      {
        requestDidStart: async () => ({
          responseForOperation: async () =>
            ({
              http: { headers: new Map(), status: 200 },
              body: { kind: 'single', singleResult: { data: { stolen: true } } },
            }) as never,
        }),
      },
      authorization,
    ],
  })
  expect((await ask(answeringServer, READ_SCOPE, ADMIN_SCOPE)).text).toContain('stolen')
  expect((await ask(answeringServer, READ_SCOPE)).text).not.toContain('stolen')
  await database.destroy()
})

test('graphql/B16 writes nothing when a mutation is denied', async () => {
  const input = 'input: { title: "t", author: "a", cost: 1, numPages: 1 }'
  const reader = await service.tokenFor(READ_SCOPE)
  const list = async () => (await service.graphql('{ books { id title } }', reader)).text
  const before = await list()
  const documents = [
    `mutation { addBook(${input}) { id } }`,
    `mutation { a: addBook(${input}) { id } b: addBook(${input}) { addedBy } }`,
    `mutation ($v: Boolean = true) { addBook(${input}) @include(if: $v) { id } }`,
    `mutation { ...F } fragment F on Mutation { addBook(${input}) { id } }`,
    `mutation { addBooks(inputs: [{ title: "t", author: "a", cost: 1, numPages: 1 }]) { id } }`,
    `query A { __typename } mutation B { addBook(${input}) { id } }`,
  ]
  for (const query of documents) {
    const operationName = query.startsWith('query A') ? 'B' : undefined
    const { status, json } = await postBody(
      `${service.apiUrl}/graphql`,
      JSON.stringify({ query, operationName }),
      reader,
    )
    expect([query, status, json.data]).toEqual([query, 403, undefined])
  }
  expect(await list()).toBe(before)
})

test('graphql/B19 authorizes the operation that is executed, in any order', async () => {
  const reader = await service.tokenFor(READ_SCOPE)
  const query = `query Open { __typename } query Read { book(id: 1) { id } } query Secret ${SECRET}`
  const status = async (operationName: string | undefined) =>
    (await postBody(`${service.apiUrl}/graphql`, JSON.stringify({ query, operationName }), reader)).status
  expect(await Promise.all(['Open', 'Read', 'Secret', 'None', undefined].map(status))).toEqual([
    200, 200, 403, 400, 400,
  ])
})
