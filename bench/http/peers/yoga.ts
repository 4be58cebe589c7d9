/** GraphQL Yoga on node:http, with its caches of parsed and validated documents and a cache of verified tokens. */
import { createServer } from 'node:http'
import { GraphQLError } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import { cacheCallers, createAuthenticate, listenOptions, type PeerErrors } from './authenticate.ts'
import { type Context, createResolvers, typeDefs } from './resolvers.ts'

const errors: PeerErrors = {
  unauthenticated: () =>
    new GraphQLError('Not signed in', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } }),
  forbidden: () => new GraphQLError('Not allowed', { extensions: { code: 'FORBIDDEN' } }),
}
const authenticate = cacheCallers(createAuthenticate(errors))
const yoga = createYoga<object, Context>({
  schema: createSchema({ typeDefs, resolvers: createResolvers(errors) }),
  graphiql: false,
  landingPage: false,
  logging: false,
  context: async ({ request }) => ({
    caller: await authenticate(request.headers.get('authorization') ?? undefined),
  }),
})
createServer(yoga).listen(listenOptions)
