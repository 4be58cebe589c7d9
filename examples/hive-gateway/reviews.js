import { createServer } from 'node:http'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { createYoga } from 'graphql-yoga'

// A subgraph that refers to the books of the API by their key, and knows nothing else about them.
export const reviewsSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])
  type Query { reviews: [Review!]! }
  type Review { text: String! book: Book! }
  type Book @key(fields: "id") { id: ID! reviews: [Review!]! }`

const REVIEWS = [
  { text: 'Ten guests, one island.', bookId: '1' },
  { text: 'The dog is the least of it.', bookId: '2' },
]
const resolvers = {
  Query: { reviews: () => REVIEWS },
  Review: { book: ({ bookId }) => ({ id: bookId }) },
  Book: { reviews: ({ id }) => REVIEWS.filter(({ bookId }) => bookId === id) },
}

/** Starts the subgraph and returns its URL. */
export async function startReviews(port) {
  const schema = buildSubgraphSchema([{ typeDefs: parse(reviewsSdl), resolvers }])
  const server = createServer(createYoga({ schema, logging: false }))
  await new Promise((resolve) => server.listen(port, 'localhost', resolve))
  return `http://localhost:${server.address().port}/graphql`
}
