import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { createScopes, scopeDirectives } from 'graphql-oauth-scopes'
import { scopesPlugin } from 'graphql-oauth-scopes/apollo'

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

const server = new ApolloServer({ schema: scopes.schema, plugins: [scopesPlugin(scopes, { scopesOf })] })
const { url } = await startStandaloneServer(server, {
  listen: { port },
  context: async ({ req }) => ({ authorization: req.headers.authorization }),
})
console.log(`Listening at ${url}`)
