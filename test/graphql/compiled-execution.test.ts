// Apollo Server with our executor answers, and tells its plugins, what it does with graphql-js.
import { ApolloServer, type ApolloServerPlugin, type GraphQLRequest } from '@apollo/server'
import { expect, test } from '@jest/globals'
import { GraphQLError } from 'graphql'
import { combinePlugins } from '../../src/graphql/combine-plugins.ts'
import { createCompiledExecution } from '../../src/graphql/compiled-execution.ts'
import type { Context } from '../../src/graphql/context.ts'
import { formatError } from '../../src/graphql/format-error.ts'
import { createSampleSchema } from '../support/executor/sample-schema.ts'

/** What a plugin that looks at errors and at the answer was told. */
type Told = unknown[]

function serverOf(own: boolean, ran: string[], told: Told, hideNames: boolean) {
  const schema = createSampleSchema(ran)
  const { hooks, gateway } = createCompiledExecution(schema)
  const telling: ApolloServerPlugin<Context> = {
    requestDidStart: async () => ({
      async didEncounterErrors({ errors, operationName }) {
        told.push([
          'errors',
          operationName,
          errors.map((error) => [error.message, error.originalError?.message]),
        ])
      },
      async willSendResponse({ errors, response }) {
        told.push(['response', errors?.length, JSON.stringify(response.body), response.http.status])
      },
    }),
  }
  const options = {
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: hideNames,
    formatError,
  }
  return own
    ? new ApolloServer<Context>({ ...options, gateway, plugins: [telling, combinePlugins(hooks)] })
    : new ApolloServer<Context>({ ...options, schema, plugins: [telling] })
}

async function answeredBy(own: boolean, request: GraphQLRequest, hideNames = false) {
  const [ran, told]: [string[], Told] = [[], []]
  const server = serverOf(own, ran, told, hideNames)
  const answers: unknown[] = []
  // The second time Apollo Server knows the document, and we the operation.
  for (const _ of ['first', 'second']) {
    const contextValue = {} as Context
    const { body, http } = await server.executeOperation(request, { contextValue })
    answers.push([JSON.stringify(body), http.status, [...http.headers]])
  }
  return { ran, told, answers, text: JSON.stringify(answers) }
}

const REQUESTS: readonly (readonly [id: string, what: string, request: GraphQLRequest])[] = [
  ['X61', 'all is well', { query: '{ ok later self { ok } }' }],
  ['X62', 'a field fails', { query: '{ ok bad later laterBad }' }],
  ['X63', 'nothing is left', { query: '{ ok laterHard }' }],
  ['X64', 'a write, and one that fails', { query: 'mutation { one(n: 1) nested { bad } b: one(n: 2) }' }],
  ['X65', 'a write after one that fails', { query: 'mutation { one(n: 1) fails b: one(n: 2) }' }],
  ['X66', 'no operation of this name', { query: 'query A { ok }', operationName: 'B' }],
  ['X67', 'no name where one has to be', { query: 'query A { ok } query B { later }' }],
  ['X68', 'one of several', { query: 'query A { ok } query B { later bad }', operationName: 'B' }],
  ['X69', 'an empty name', { query: 'query A { ok }', operationName: '' }],
  ['X70', 'a variable is missing', { query: 'query ($a: Int!) { echo(a: $a) }' }],
  [
    'X71',
    'variables are wrong',
    { query: 'query ($a: Int, $c: Color) { echo(a: $a, color: $c) }', variables: { a: 'x', c: 'REED' } },
  ],
  [
    'X72',
    'a condition is null',
    { query: 'query ($v: Boolean = true) { ok @skip(if: $v) }', variables: { v: null } },
  ],
  [
    'X73',
    'an argument is null',
    { query: 'query ($a: Int = 1) { echo(must: $a) ok }', variables: { a: null } },
  ],
  [
    'X74',
    'a type that is known once it is there',
    { query: '{ thing { ok } either { __typename } checked { ok } ok }' },
  ],
  ['X75', 'the schema’s description', { query: '{ __schema { queryType { name } } }' }],
  ['X76', 'it is not valid', { query: '{ okk }' }],
  ['X77', 'a stream', { query: 'subscription { ticks }' }],
  ['X78', 'variables that nobody declared', { query: '{ ok }', variables: { __proto__: 1, a: 2 } }],
]

test.each(REQUESTS)('%s %s', async (_, __, request) => {
  for (const hideNames of [false, true])
    expect(await answeredBy(true, request, hideNames)).toEqual(await answeredBy(false, request, hideNames))
})

test('X79 an operation with errors is run once, as many as its fields are', async () => {
  const { ran, text } = await answeredBy(true, { query: '{ ok bad thing { ok } }' })
  expect(ran).toEqual(['ok', 'bad', 'thing', 'ok', 'bad', 'thing'])
  expect(text).toContain('INTERNAL_SERVER_ERROR')
})

test('X80 wrong variables are the client’s fault', async () => {
  const query = 'query ($a: Int!) { echo(a: $a) }'
  const { answers, text } = await answeredBy(true, { query, variables: { a: 'x' } })
  expect(text).toContain('BAD_USER_INPUT')
  expect(answers).toEqual([
    [expect.anything(), 400, expect.anything()],
    [expect.anything(), 400, expect.anything()],
  ])
})

test('X81 requests beside each other have each their own errors', async () => {
  const server = serverOf(true, [], [], false)
  const one = {} as Context
  const ask = async (query: string) => {
    const { body } = await server.executeOperation({ query }, { contextValue: one })
    if (body.kind !== 'single') throw new GraphQLError('in parts')
    return body.singleResult.errors?.map(({ path }) => path?.join('.'))
  }
  const answers = await Promise.all(['{ lastBad }', '{ laterBad }', '{ ok }', '{ bad last }'].map(ask))
  expect(answers).toEqual([['lastBad'], ['laterBad'], undefined, ['bad']])
})
