/** Apollo Server as its guide starts it, with a cache of verified tokens. */
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { GraphQLError } from 'graphql'
import { cacheCallers, createAuthenticate, listenOptions, type PeerErrors } from './authenticate.ts'
import { type Context, createResolvers, typeDefs } from './resolvers.ts'

const errors: PeerErrors = {
  unauthenticated: () =>
    new GraphQLError('Not signed in', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } }),
  forbidden: () => new GraphQLError('Not allowed', { extensions: { code: 'FORBIDDEN' } }),
}
const authenticate = cacheCallers(createAuthenticate(errors))
const server = new ApolloServer<Context>({ typeDefs, resolvers: createResolvers(errors) })
await startStandaloneServer(server, {
  listen: listenOptions,
  context: async ({ req }) => ({ caller: await authenticate(req.headers.authorization) }),
})
