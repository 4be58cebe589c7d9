// Apollo Server with the compiled executor must respond, and call its plugins, as it does with graphql-js.
import { ApolloServer, type ApolloServerPlugin, type GraphQLRequest } from '@apollo/server'
import { expect, test } from '@jest/globals'
import { GraphQLError } from 'graphql'
import { combineHooks } from '../../src/graphql/combine-hooks.ts'
import { createCompiledExecution } from '../../src/graphql/compiled-execution.ts'
import type { Context } from '../../src/graphql/context.ts'
import { formatError } from '../../src/graphql/format-error.ts'
import { createSampleSchema } from '../support/executor/sample-schema.ts'

type ServerOptions = {
  readonly isCompiled: boolean
  readonly hideSchemaDetails?: boolean
  /** Gets the names of the resolvers that run. */
  readonly calls?: string[]
  /** Gets the events that a plugin sees. */
  readonly events?: unknown[]
}

function createServer({ isCompiled, hideSchemaDetails = false, calls = [], events = [] }: ServerOptions) {
  const schema = createSampleSchema(calls)
  const { hooks, gateway } = createCompiledExecution(schema, { hideSuggestions: hideSchemaDetails })
  const recorder: ApolloServerPlugin<Context> = {
    requestDidStart: async () => ({
      async didEncounterErrors({ errors, operationName }) {
        events.push([
          'errors',
          operationName,
          errors.map((error) => [error.message, error.originalError?.message]),
        ])
      },
      async willSendResponse({ errors, response }) {
        events.push(['response', errors?.length, JSON.stringify(response.body), response.http.status])
      },
    }),
  }
  const options = {
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: hideSchemaDetails,
    formatError,
  }
  return isCompiled
    ? new ApolloServer<Context>({ ...options, gateway, plugins: [recorder, combineHooks(hooks)] })
    : new ApolloServer<Context>({ ...options, schema, plugins: [recorder] })
}

async function executeTwice(request: GraphQLRequest, isCompiled: boolean, hideSchemaDetails = false) {
  const calls: string[] = []
  const events: unknown[] = []
  const server = createServer({ isCompiled, hideSchemaDetails, calls, events })
  const responses: unknown[] = []
  // Only an operation that is repeated is compiled.
  for (const _ of ['first', 'second']) {
    const contextValue = {} as Context
    const { body, http } = await server.executeOperation(request, { contextValue })
    responses.push([JSON.stringify(body), http.status, [...http.headers]])
  }
  return { calls, events, responses, text: JSON.stringify(responses) }
}

const REQUESTS: readonly { id: string; title: string; request: GraphQLRequest }[] = [
  { id: 'executor/X61', title: 'no errors', request: { query: '{ ok later self { ok } }' } },
  { id: 'executor/X62', title: 'a failing field', request: { query: '{ ok bad later laterBad }' } },
  { id: 'executor/X63', title: 'an error that propagates to data', request: { query: '{ ok laterHard }' } },
  {
    id: 'executor/X64',
    title: 'a mutation with a failing nested field',
    request: { query: 'mutation { one(n: 1) nested { bad } b: one(n: 2) }' },
  },
  {
    id: 'executor/X65',
    title: 'a mutation after a failing one',
    request: { query: 'mutation { one(n: 1) fails b: one(n: 2) }' },
  },
  {
    id: 'executor/X66',
    title: 'an unknown operation name',
    request: { query: 'query A { ok }', operationName: 'B' },
  },
  {
    id: 'executor/X67',
    title: 'two operations without a name',
    request: { query: 'query A { ok } query B { later }' },
  },
  {
    id: 'executor/X68',
    title: 'one of two operations',
    request: { query: 'query A { ok } query B { later bad }', operationName: 'B' },
  },
  {
    id: 'executor/X69',
    title: 'an empty operation name',
    request: { query: 'query A { ok }', operationName: '' },
  },
  { id: 'executor/X70', title: 'a missing variable', request: { query: 'query ($a: Int!) { echo(a: $a) }' } },
  {
    id: 'executor/X71',
    title: 'invalid variables',
    request: {
      query: 'query ($a: Int, $c: Color) { echo(a: $a, color: $c) }',
      // With no similar value: Apollo Server hides suggestions in errors of the document only.
      variables: { a: 'x', c: 'BLUE' },
    },
  },
  {
    id: 'executor/X72',
    title: 'a condition that is null',
    request: { query: 'query ($v: Boolean = true) { ok @skip(if: $v) }', variables: { v: null } },
  },
  {
    id: 'executor/X73',
    title: 'an argument that is null',
    request: { query: 'query ($a: Int = 1) { echo(must: $a) ok }', variables: { a: null } },
  },
  {
    id: 'executor/X74',
    title: 'abstract types and asynchronous type checks',
    request: { query: '{ thing { ok } either { __typename } checked { ok } ok }' },
  },
  { id: 'executor/X75', title: 'introspection', request: { query: '{ __schema { queryType { name } } }' } },
  { id: 'executor/X76', title: 'an invalid document', request: { query: '{ okk }' } },
  { id: 'executor/X77', title: 'a subscription', request: { query: 'subscription { ticks }' } },
  {
    id: 'executor/X78',
    title: 'undeclared variables',
    request: { query: '{ ok }', variables: { __proto__: 1, a: 2 } },
  },
]

test.each(REQUESTS)('$id $title', async ({ request }) => {
  for (const hideSchemaDetails of [false, true]) {
    const expected = await executeTwice(request, false, hideSchemaDetails)
    expect(await executeTwice(request, true, hideSchemaDetails)).toEqual(expected)
  }
})

test('executor/X79 executes an operation with errors once per request', async () => {
  const { calls, text } = await executeTwice({ query: '{ ok bad thing { ok } }' }, true)
  expect(calls).toEqual(['ok', 'bad', 'thing', 'ok', 'bad', 'thing'])
  expect(text).toContain('INTERNAL_SERVER_ERROR')
})

test('executor/X80 answers 400 for invalid variables', async () => {
  const query = 'query ($a: Int!) { echo(a: $a) }'
  const { responses, text } = await executeTwice({ query, variables: { a: 'x' } }, true)
  expect(text).toContain('BAD_USER_INPUT')
  expect(responses).toEqual([
    [expect.anything(), 400, expect.anything()],
    [expect.anything(), 400, expect.anything()],
  ])
})

test('executor/X81 keeps the errors of concurrent requests apart', async () => {
  const server = createServer({ isCompiled: true })
  const contextValue = {} as Context
  const ask = async (query: string) => {
    const { body } = await server.executeOperation({ query }, { contextValue })
    if (body.kind !== 'single') throw new GraphQLError('incremental delivery')
    return body.singleResult.errors?.map(({ path }) => path?.join('.'))
  }
  const answers = await Promise.all(['{ lastBad }', '{ laterBad }', '{ ok }', '{ bad last }'].map(ask))
  expect(answers).toEqual([['lastBad'], ['laterBad'], undefined, ['bad']])
})

/** Invalid variables with the number of errors that are reported, and how often the value is printed. */
const INVALID_VARIABLES = [
  { id: 'executor/X82', title: 'one error', keys: 0, length: 10, errors: 1, prints: 1 },
  { id: 'executor/X83', title: 'several errors', keys: 2, length: 10, errors: 3, prints: 6 },
  { id: 'executor/X84', title: 'many errors', keys: 80, length: 10, errors: 5, prints: 9 },
  {
    id: 'executor/X85',
    title: 'many errors in a large value',
    keys: 80,
    length: 10_000,
    errors: 1,
    prints: 3,
  },
]
test.each(INVALID_VARIABLES)(
  '$id limits how often invalid variables with $title are printed',
  async (row) => {
    const server = createServer({ isCompiled: true })
    for (const _ of ['first', 'second']) {
      let prints = 0
      const toJSON = () => {
        prints += 1
        return 'x'.repeat(row.length)
      }
      const unknown = Array.from({ length: row.keys }, (_, i) => [`u${i}`, 1])
      const variables = { in: { toJSON, constructor: 1, ...Object.fromEntries(unknown) } }
      const query = 'query ($in: In) { echo(in: $in) }'
      const { body } = await server.executeOperation({ query, variables }, { contextValue: {} as Context })
      if (body.kind !== 'single') throw new GraphQLError('incremental delivery')
      const { errors = [] } = body.singleResult
      expect([errors.length, prints]).toEqual([row.errors, row.prints])
      expect(new Set(errors.map(({ extensions }) => extensions?.code))).toEqual(new Set(['BAD_USER_INPUT']))
    }
  },
)
