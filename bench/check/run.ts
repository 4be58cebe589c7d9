/**
 * `npm run bench:check`: what the scope check costs a request, in this process, with it and without it in one run, and
 * whether that cost stays the same however large a document is. The report goes to stdout as Markdown.
 */
import { ApolloServer, HeaderMap } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { addResolversToSchema } from '@graphql-tools/schema'
import { parseConfig } from '../../src/config/config.ts'
import { openDatabase } from '../../src/database/database.ts'
import type { Context } from '../../src/graphql/context.ts'
import { createCheckDocument } from '../../src/graphql/document-limits.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { guardResolvers } from '../../src/graphql/requires-scope.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { readValidatedRules } from '../../src/scopes/index.ts'
import {
  createAuthorizationPlugin,
  createContextWithScopes,
} from '../../test/support/authorization-plugin.ts'
import { median } from '../http/statistics.ts'
import { compileTimes, decisionNanoseconds, type Written, wide } from './documents.ts'

const ROUNDS = 9
const REQUESTS = 10_000
const QUERY = 'query Book($id: ID!) { book(id: $id) { id title author cost numPages } }'

const database = await openDatabase('file::memory:')
const bare = addResolversToSchema({ schema: loadSchema(), resolvers })
const rules = readValidatedRules(loadSchema())
const context = createContextWithScopes(database, 'fakebookapi.read')

async function started(checked: boolean) {
  const schema = checked ? guardResolvers(bare, rules) : bare
  const server = new ApolloServer<Context>({
    schema,
    plugins: [
      ...(checked ? [createAuthorizationPlugin(schema, rules)] : []),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
  await server.start()
  const headers = new HeaderMap([['content-type', 'application/json']])
  const httpGraphQLRequest = {
    method: 'POST',
    headers,
    search: '',
    body: { query: QUERY, variables: { id: '1' } },
  }
  return async function cpuMicroseconds(): Promise<number> {
    const before = process.cpuUsage()
    for (let i = 0; i < REQUESTS; i++) {
      const { status } = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest,
        context: async () => context,
      })
      if (status !== undefined && status !== 200) throw new Error(`status ${status}`)
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / REQUESTS
  }
}

const [withCheck, without] = [await started(true), await started(false)]
await withCheck()
await without()
const pairs: (readonly [number, number])[] = []
for (let round = 0; round < ROUNDS; round++) {
  // Whoever goes second finds a warmer machine: they take turns.
  const first = round % 2 === 0 ? await withCheck() : undefined
  const second = await without()
  pairs.push([first ?? (await withCheck()), second])
}
await database.destroy()

const column = (values: readonly number[], digits: number) => median(values).toFixed(digits)
console.log(`Node ${process.version}; medians of ${ROUNDS} rounds of ${REQUESTS} requests, taken in turn.\n`)
console.log('| one book by id, in process | CPU µs/request |\n| --- | ---: |')
console.log(
  `| with both locks | ${column(
    pairs.map(([one]) => one),
    2,
  )} |`,
)
console.log(
  `| without | ${column(
    pairs.map(([, other]) => other),
    2,
  )} |`,
)
console.log(
  `| the check (difference, round by round) | ${column(
    pairs.map(([one, other]) => one - other),
    2,
  )} |\n`,
)

const limits = createCheckDocument(
  bare,
  parseConfig({
    TOKEN_LIMIT: '20000',
    ALIAS_LIMIT: '10000',
    ROOT_FIELD_LIMIT: '10000',
    COST_LIMIT: '1000000',
  }).documentLimits,
  50,
)
const row = ([name, document]: Written) => {
  const [first, usual] = compileTimes(document)
  console.log(
    `| ${name} | ${first.toFixed(2)} | ${usual.toFixed(3)} | ${decisionNanoseconds(document).toFixed(0)} |`,
  )
}
console.log(
  '| document | first compiled, ms | compiled again, ms | decided, ns/request |\n| --- | ---: | ---: | ---: |',
)
wide.forEach(row)
const known = { query: QUERY, variables: { id: '1' } }
for (let i = 0; i < 100_000; i++) limits(known, QUERY)
const before = performance.now()
for (let i = 0; i < 1_000_000; i++) limits(known, QUERY)
console.log(
  `\nThe limits of documents cost ${(performance.now() - before).toFixed(0)} ns for a document that is known.`,
)
