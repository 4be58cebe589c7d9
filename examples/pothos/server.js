import { createServer } from 'node:http'
import SchemaBuilder from '@pothos/core'
import { createScopes } from 'graphql-oauth-scopes'
import { useScopes } from 'graphql-oauth-scopes/envelop'
import { createYoga } from 'graphql-yoga'

const port = Number(process.env.PORT ?? 4000)

// Stands in for the verification of an access token: the scopes of each.
const TOKENS = { reader: ['books.read'], writer: ['books.read', 'books.write'] }
const scopesOf = ({ authorization }) => authorization && (TOKENS[authorization.slice('Bearer '.length)] ?? [])

const titles = new Set(['Curtain'])
const builder = new SchemaBuilder({})
builder.queryType({
  fields: (t) => ({
    books: t.stringList({ extensions: { requiresScope: 'books.read' }, resolve: () => titles }),
  }),
})
builder.mutationType({
  fields: (t) => ({
    addBook: t.stringList({
      extensions: { requiresScope: 'books.write' },
      args: { title: t.arg.string({ required: true }) },
      resolve: (_, { title }) => titles.add(title),
    }),
  }),
})
const declared = [
  { name: 'books.read', description: 'Read books' },
  { name: 'books.write', description: 'Add books' },
]
const scopes = createScopes(builder.toSchema({ extensions: { scopes: declared } }))

const yoga = createYoga({
  schema: scopes.schema,
  plugins: [useScopes(scopes, { scopesOf })],
  context: ({ request }) => ({ authorization: request.headers.get('authorization') ?? undefined }),
})
createServer(yoga).listen(port, () => console.log(`Listening at http://localhost:${port}/graphql`))
