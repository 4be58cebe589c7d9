import { asksInTurn, graphqlAsk } from '../ask.ts'
import { firstBooks } from '../books.ts'
import type { BenchIssuer } from '../token.ts'
import { FIELDS, GRAPHQL, READ, type RequestRow } from './row.ts'

/** What most rows ask for; they differ in who asks, and how. */
export const BOOK_BODY = JSON.stringify({
  query: `query Book($id: ID!) { book(id: $id) { ${FIELDS} } }`,
  variables: { id: '1' },
})
export const served = () => ({ status: 200, body: { data: { book: firstBooks[0] } } })

/** Enough that a memory of one token would not do, and few enough that each server's own holds them. */
const CLIENTS = 500
/** More than any server here remembers (ours: 10,000): each comes when it was forgotten again. */
const STRANGERS = 12_000

export const book: RequestRow = {
  ...GRAPHQL,
  name: 'book',
  title: 'one book by id',
  async asks(issuer) {
    const ask = graphqlAsk(BOOK_BODY, await issuer.accessToken(READ))
    return () => ask
  },
  expected: served,
}

export const tokens: RequestRow = {
  ...GRAPHQL,
  name: 'tokens',
  title: `one book by id, ${CLIENTS} tokens in turn`,
  asks: async (issuer) => asksInTurn(BOOK_BODY, await signed(issuer, CLIENTS)),
  expected: served,
}

export const newTokens: RequestRow = {
  ...GRAPHQL,
  name: 'new-tokens',
  title: 'one book by id, every token new to the server',
  asks: async (issuer) => asksInTurn(BOOK_BODY, await signed(issuer, STRANGERS)),
  expected: served,
}

function signed(issuer: BenchIssuer, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => issuer.accessToken(READ)))
}
