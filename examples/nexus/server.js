import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { createScopes } from 'graphql-oauth-scopes'
import { scopesPlugin } from 'graphql-oauth-scopes/apollo'
import { makeSchema, mutationField, nonNull, queryField, stringArg } from 'nexus'

const port = Number(process.env.PORT ?? 4000)

// Stands in for the verification of an access token: the scopes of each.
const TOKENS = { reader: ['books.read'], writer: ['books.read', 'books.write'] }
const scopesOf = ({ authorization }) => authorization && (TOKENS[authorization.slice('Bearer '.length)] ?? [])

const titles = new Set(['Curtain'])
const books = queryField((t) =>
  t.list.string('books', { extensions: { requiresScope: 'books.read' }, resolve: () => titles }),
)
const addBook = mutationField((t) =>
  t.list.string('addBook', {
    extensions: { requiresScope: 'books.write' },
    args: { title: nonNull(stringArg()) },
    resolve: (_, { title }) => titles.add(title),
  }),
)
const declared = [
  { name: 'books.read', description: 'Read books' },
  { name: 'books.write', description: 'Add books' },
]
const types = [books, addBook]
const schema = makeSchema({ types, extensions: { scopes: declared }, shouldGenerateArtifacts: false })
const scopes = createScopes(schema)

const server = new ApolloServer({ schema: scopes.schema, plugins: [scopesPlugin(scopes, { scopesOf })] })
const context = async ({ req }) => ({ authorization: req.headers.authorization })
const { url } = await startStandaloneServer(server, { listen: { port }, context })
console.log(`Listening at ${url}`)
