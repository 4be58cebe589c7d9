/** Apollo Server as its own guide starts it, with the token verified at every request. */
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { bearerToken, type Caller, createVerify, demandRead } from './bearer.ts'
import { openBooks, typeDefs } from './books.ts'
import { environment } from './environment.ts'

const { port, issuer } = environment()
const verify = createVerify(issuer)
const bookById = openBooks()

const resolvers = {
  Query: {
    book(_parent: unknown, { id }: { id: string }, { caller }: { caller: Caller }) {
      demandRead(caller)
      return bookById(id)
    },
  },
}

await startStandaloneServer(new ApolloServer<{ caller: Caller }>({ typeDefs, resolvers }), {
  listen: { port, host: '127.0.0.1' },
  context: async ({ req }) => ({ caller: await verify(bearerToken(req.headers.authorization)) }),
})
