// Plans are cached by document and operation: no other pair of them gets the same plan or the same log entry.
import { ApolloServer } from '@apollo/server'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { buildSchema, type DocumentNode, parse } from 'graphql'
import { type Database, openDatabase } from '../../src/database/database.ts'
import type { Context } from '../../src/graphql/context.ts'
import { createOperationInfoCollector } from '../../src/graphql/operation-info.ts'
import { enforceRules } from '../../src/scopes/create-scopes.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { createAuthorizationPlugin, createContextWithScopes } from '../support/authorization-plugin.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase('file::memory:')
})
afterAll(() => database.destroy())

const schema = buildSchema(
  `${SCOPE_DIRECTIVES} type Query { open: Int a: Int @requiresScope(scopes: "a") b: Int @requiresScope(scopes: "b") }`,
)

type Request = {
  readonly document: DocumentNode
  readonly operationName: string
  readonly rootFields: string[]
  readonly denied: string[]
}

/** Creates a function that authorizes requests without scopes, whose documents the server takes as they are. */
function createAuthorize() {
  let stored: DocumentNode
  const documentStore = { get: async () => stored, set: async () => undefined, delete: async () => undefined }
  const plugins = [createAuthorizationPlugin(enforceRules(schema, readRules(schema)))]
  const server = new ApolloServer<Context>({ schema, documentStore, plugins })
  return async ({ document, operationName }: Pick<Request, 'document' | 'operationName'>) => {
    stored = document
    const { operationInfo, addOperationInfo } = createOperationInfoCollector()
    const contextValue = { ...createContextWithScopes(database), addOperationInfo }
    const { body } = await server.executeOperation({ query: '{ open }', operationName }, { contextValue })
    const { errors } = body.kind === 'single' ? body.singleResult : {}
    const denied = (errors ?? []).map(({ extensions }) => String(extensions?.coordinate))
    return { rootFields: operationInfo.rootFields, denied }
  }
}

const TWO_OPERATIONS = parse(
  'query A { ...F a } query B { b } query Open { open } fragment F on Query { open }',
)
const withFragment = (source: string): DocumentNode => ({
  ...TWO_OPERATIONS,
  definitions: [...TWO_OPERATIONS.definitions.slice(0, 3), ...parse(source).definitions],
})

const OPEN: Request = {
  document: TWO_OPERATIONS,
  operationName: 'Open',
  rootFields: ['Query.open'],
  denied: [],
}
const A: Request = {
  document: TWO_OPERATIONS,
  operationName: 'A',
  rootFields: ['Query.open', 'Query.a'],
  denied: ['Query.a'],
}
const B: Request = {
  document: TWO_OPERATIONS,
  operationName: 'B',
  rootFields: ['Query.b'],
  denied: ['Query.b'],
}
const A_WITH_B: Request = {
  document: withFragment('fragment F on Query { b }'),
  operationName: 'A',
  rootFields: ['Query.b', 'Query.a'],
  denied: ['Query.b', 'Query.a'],
}

const CASES: readonly {
  readonly id: string
  readonly title: string
  readonly requests: readonly Request[]
}[] = [
  { id: 'scopes/P10', title: 'two operations of one document', requests: [OPEN, A, B, OPEN] },
  {
    id: 'scopes/P11',
    title: 'one operation in documents with different fragments',
    requests: [A, A_WITH_B, A],
  },
]
test.each(CASES)('$id plans and describes $title separately', async ({ requests }) => {
  const authorize = createAuthorize()
  // The second round uses the cached plans and denials.
  for (const { rootFields, denied, ...request } of [...requests, ...requests])
    expect(await authorize(request)).toEqual({ rootFields, denied })
})
