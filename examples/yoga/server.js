import { createServer } from 'node:http'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { createScopes, scopeDirectives } from 'graphql-oauth-scopes'
import { useScopes } from 'graphql-oauth-scopes/envelop'
import { createYoga } from 'graphql-yoga'

const port = Number(process.env.PORT ?? 4000)

// Stands in for the verification of an access token: the scopes of each.
const TOKENS = { reader: ['books.read'], writer: ['books.read', 'books.write'] }
const scopesOf = ({ authorization }) => authorization && (TOKENS[authorization.slice('Bearer '.length)] ?? [])

const titles = ['Curtain']
const typeDefs = `
  schema @scope(name: "books.read", description: "Read books") @scope(name: "books.write", description: "Add books") {
    query: Query
    mutation: Mutation
  }
  type Query { books: [String!]! @requiresScope(scopes: "books.read") }
  type Mutation { addBook(title: String!): [String!]! @requiresScope(scopes: "books.write") }`
const resolvers = {
  Query: { books: () => titles },
  Mutation: {
    addBook(_, { title }) {
      titles.push(title)
      return titles
    },
  },
}
const scopes = createScopes(makeExecutableSchema({ typeDefs: [scopeDirectives, typeDefs], resolvers }))

const yoga = createYoga({
  schema: scopes.schema,
  plugins: [useScopes(scopes, { scopesOf })],
  context: ({ request }) => ({ authorization: request.headers.get('authorization') ?? undefined }),
})
createServer(yoga).listen(port, () => console.log(`Listening at http://localhost:${port}/graphql`))
