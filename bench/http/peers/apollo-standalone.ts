/** Apollo Server as its own guide starts it, with the token verified at every request. */
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { GraphQLError } from 'graphql'
import { createAuthenticate, createDemand, type Refusals } from './bearer.ts'
import { openBooks } from './books.ts'
import { environment } from './environment.ts'
import { type Context, resolversOf, typeDefs } from './schema.ts'

const { port, issuer } = environment()

const refusals: Refusals = {
  unauthenticated: () =>
    new GraphQLError('Not signed in', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } }),
  forbidden: () => new GraphQLError('Not allowed', { extensions: { code: 'FORBIDDEN' } }),
}
const authenticate = createAuthenticate(issuer, refusals)
const resolvers = resolversOf(openBooks(), createDemand(refusals))

await startStandaloneServer(new ApolloServer<Context>({ typeDefs, resolvers }), {
  listen: { port, host: '127.0.0.1' },
  context: async ({ req }) => ({ caller: await authenticate(req.headers.authorization) }),
})
