import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { getOperationAST, parse } from 'graphql'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { createContextWithScopes } from '../support/authorization-plugin.ts'
import {
  type AuthorizedOperation,
  buildGuardedSchema,
  createGuardedServer,
  type ReadLog,
} from '../support/executor/guarded-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase('file::memory:')
})
afterAll(() => database.destroy())

test('executor/X51 the authorization of an operation covers neither another one of its document nor a copy', async () => {
  const readLog: ReadLog = []
  const authorizedOperations: AuthorizedOperation[] = []
  const sdl =
    'type Query { x: Int @requiresScope(scopes: "a") } type Mutation { x: Int @requiresScope(scopes: "a") }'
  const guarded = buildGuardedSchema(SCOPE_DIRECTIVES + sdl, createSeededRandom(1), readLog)
  const server = createGuardedServer(guarded, { executor: 'compiled', authorizedOperations })
  const query = 'query A { x } query B { x k: x } mutation C { x }'
  const contextValue = createContextWithScopes(database, 'a')
  await server.executeOperation({ query, operationName: 'A' }, { contextValue })
  const [authorized] = authorizedOperations
  if (!authorized) throw new Error('The operation was not authorized.')
  expect(readLog.length).toBe(1)
  const executeOperation = createExecutor(guarded.schema)
  for (const { document, names } of [
    { document: authorized.document, names: ['B', 'C'] },
    { document: parse(query), names: ['A', 'B', 'C'] },
  ])
    for (const name of names) {
      const operation = getOperationAST(document, name)
      if (!operation) throw new Error(`The document has no operation ${name}.`)
      await executeOperation({ document, operation, variables: {}, context: authorized.contextValue })
    }
  expect(readLog.length).toBe(1)
})

test('executor/X52 a compilation for one caller and its conditions gives another caller no access', async () => {
  const readLog: ReadLog = []
  const sdl = 'type Query { open: Int secret: Int @requiresScope(scopes: "a") self: Query }'
  const guarded = buildGuardedSchema(SCOPE_DIRECTIVES + sdl, createSeededRandom(1), readLog)
  const server = createGuardedServer(guarded, { executor: 'compiled' })
  const query =
    'query ($v: Boolean = false, $w: Boolean = true) { open ...F @include(if: $v) self { ...F @skip(if: $w) } } fragment F on Query { secret }'
  const send = async (variables: Record<string, unknown>, ...scopes: string[]) => {
    readLog.length = 0
    const contextValue = createContextWithScopes(database, ...scopes)
    const { body } = await server.executeOperation({ query, variables }, { contextValue })
    const isRejected = body.kind === 'single' && body.singleResult.data === undefined
    return { isRejected, readLog: readLog.join() }
  }
  const WITHOUT_SECRET = 'Query open Int,Query self Query'
  const WITH_SECRET = 'Query open Int,Query secret Int,Query self Query'
  for (const _ of ['compiled', 'cached']) {
    expect(await send({ v: true }, 'a')).toEqual({ isRejected: false, readLog: WITH_SECRET })
    for (const variables of [{ v: true }, { w: false }, { v: true, w: false }])
      expect(await send(variables)).toEqual({ isRejected: true, readLog: '' })
    for (const variables of [{}, { v: false }, { v: false, w: true }])
      expect(await send(variables)).toEqual({ isRejected: false, readLog: WITHOUT_SECRET })
    // Invalid conditions are reported as errors, and nothing guarded is read.
    for (const v of ['true', 1, [true], null]) expect((await send({ v })).readLog).not.toContain('secret')
  }
})
