import { graphqlAsk } from '../ask.ts'
import { type Book, firstBooks, volume } from '../books.ts'
import { FIELDS, GRAPHQL, READ, type RequestRow } from './row.ts'

/** As large as ours lets a page be by default. */
const SIZE = 100
/** A second page follows. */
const BOOKS = 2 * SIZE

export const page: RequestRow = {
  ...GRAPHQL,
  name: 'page',
  title: `a page of ${SIZE} books`,
  books: BOOKS,
  async asks(issuer) {
    const query = `{ books(first: ${SIZE}) { ${FIELDS} } }`
    const ask = graphqlAsk(JSON.stringify({ query }), await issuer.accessToken(READ))
    return () => ask
  },
  expected: () => ({ status: 200, body: { data: { books: firstPage() } } }),
}

export const connection: RequestRow = {
  ...GRAPHQL,
  name: 'connection',
  title: `a page of ${SIZE} books with their cursors`,
  books: BOOKS,
  async asks(issuer) {
    const query = `{ booksConnection(first: ${SIZE}) {
      edges { cursor node { ${FIELDS} } } pageInfo { hasNextPage endCursor } } }`
    const ask = graphqlAsk(JSON.stringify({ query }), await issuer.accessToken(READ))
    return () => ask
  },
  expected: () => {
    const edges = firstPage().map((node) => ({ cursor: node.id, node }))
    const pageInfo = { hasNextPage: true, endCursor: String(SIZE) }
    return { status: 200, body: { data: { booksConnection: { edges, pageInfo } } } }
  },
}

/** The books that each begins with, and those that were added. */
function firstPage(): Book[] {
  const added = Array.from({ length: SIZE - firstBooks.length }, (_, index) => ({
    id: String(firstBooks.length + 1 + index),
    ...volume(index),
  }))
  return [...firstBooks, ...added]
}
