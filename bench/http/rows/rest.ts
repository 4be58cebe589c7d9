import { getAsk } from '../ask.ts'
import { firstBooks } from '../books.ts'
import { READ, type RequestRow } from './row.ts'

export const rest: RequestRow = {
  name: 'rest',
  title: 'REST: one book by id',
  servers: ['ours', 'fastify', 'node-http'],
  baseline: 'fastify',
  async asks(issuer) {
    const ask = getAsk('/books/1', await issuer.accessToken(READ))
    return () => ask
  },
  expected: () => ({ status: 200, body: firstInRest() }),
}

function firstInRest() {
  const [first] = firstBooks
  if (first === undefined) throw new Error('There are no books')
  const { id, numPages, ...others } = first
  return { id: Number(id), ...others, num_pages: numPages }
}
