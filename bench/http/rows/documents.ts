import { graphqlAsk, NUMBER, numberedAsks } from '../ask.ts'
import { firstBooks } from '../books.ts'
import { FIELDS, GRAPHQL, READ, type RequestRow } from './row.ts'

/** Our limits as they are unless somebody sets them: 20 fields at the root, 50 aliases, 2,000 tokens. */
const ROOT_FIELDS = 20
const ALIASES_BELOW = 30
/** How often each book's fields are asked for, bare and in a fragment: 1,994 tokens together. */
const BARE = 7
const IN_FRAGMENTS = 5

/** Every request has a text that no server has seen: what is kept of documents helps nobody. */
export const documents: RequestRow = {
  ...GRAPHQL,
  name: 'documents',
  title: 'one book by id, every document new',
  async asks(issuer) {
    const query = `query Book${NUMBER}($id: ID!) { book(id: $id) { ${FIELDS} } }`
    return numberedAsks(JSON.stringify({ query, variables: { id: '1' } }), await issuer.accessToken(READ))
  },
  expected: () => ({ status: 200, body: { data: { book: firstBooks[0] } } }),
}

export const bigDocument: RequestRow = {
  ...GRAPHQL,
  name: 'big-document',
  title: 'a document as big as our limits allow',
  async asks(issuer) {
    const ask = graphqlAsk(JSON.stringify({ query: bigQuery('Big') }), await issuer.accessToken(READ))
    return () => ask
  },
  expected: expectedOfBig,
}

export const bigDocuments: RequestRow = {
  ...GRAPHQL,
  name: 'big-documents',
  title: 'documents as big as our limits allow, every one new',
  connections: 2,
  async asks(issuer) {
    const body = JSON.stringify({ query: bigQuery(`Big${NUMBER}`) })
    return numberedAsks(body, await issuer.accessToken(READ))
  },
  expected: expectedOfBig,
}

/** 20 books under names of their own, some fields of theirs too, and the same fields over and over. */
function bigQuery(name: string): string {
  const fields = [
    ...Array.from({ length: BARE }, () => FIELDS),
    ...Array.from({ length: IN_FRAGMENTS }, () => `... on Book { ${FIELDS} }`),
  ]
  const books = bigBooks().map(
    ({ id, aliases }, index) =>
      `b${index}: book(id: ${id}) { ${aliases.map((alias) => `${alias}: title`).join(' ')} ${fields.join(' ')} }`,
  )
  return `query ${name} { ${books.join(' ')} }`
}

function bigBooks() {
  return Array.from({ length: ROOT_FIELDS }, (_, index) => ({
    id: (index % firstBooks.length) + 1,
    // The first books have one more, so that all of them are had.
    aliases: index < ALIASES_BELOW - ROOT_FIELDS ? ['t0', 't1'] : ['t0'],
  }))
}

function expectedOfBig() {
  const data = bigBooks().map(({ id, aliases }, index) => {
    const found = firstBooks[id - 1]
    return [`b${index}`, { ...found, ...Object.fromEntries(aliases.map((alias) => [alias, found?.title])) }]
  })
  return { status: 200, body: { data: Object.fromEntries(data) } }
}
