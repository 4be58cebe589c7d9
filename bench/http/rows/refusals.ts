import { graphqlAsk } from '../ask.ts'
import { BOOK_BODY } from './book.ts'
import { type Expected, GRAPHQL, READ, type RequestRow } from './row.ts'

/** Ours refuses the operation; the others refuse in the resolver, and answer 200 with the error and no book. */
export const noScope: RequestRow = {
  ...GRAPHQL,
  name: 'no-scope',
  title: 'refused: a token without the scope',
  async asks(issuer) {
    const ask = graphqlAsk(BOOK_BODY, await issuer.accessToken(['openid']))
    return () => ask
  },
  expected: (server) => ({ status: server === 'ours' ? 403 : 200, code: 'FORBIDDEN' }),
}

export const noToken: RequestRow = {
  ...GRAPHQL,
  name: 'no-token',
  title: 'refused: no token',
  async asks() {
    const ask = graphqlAsk(BOOK_BODY)
    return () => ask
  },
  expected: unauthenticated,
}

/** All but its signature is right, so that it costs as much to refuse as can be. */
export const badSignature: RequestRow = {
  ...GRAPHQL,
  name: 'bad-signature',
  title: 'refused: a token that a stranger signed',
  async asks(issuer) {
    const ask = graphqlAsk(BOOK_BODY, await issuer.strangersToken(READ))
    return () => ask
  },
  expected: unauthenticated,
}

/** Mercurius leaves what its context throws to Fastify, which answers in its own shape. */
function unauthenticated(server: string): Expected {
  if (server !== 'mercurius') return { status: 401, code: 'UNAUTHENTICATED' }
  return { status: 401, body: { statusCode: 401, error: 'Unauthorized', message: 'Not signed in' } }
}
