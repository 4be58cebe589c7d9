/** One route of Fastify with a schema of its answer, and a cache of verified tokens. */
import Fastify from 'fastify'
import { createAuthenticate, createDemand, READ } from './bearer.ts'
import { openBooks } from './books.ts'
import { cached } from './cached.ts'
import { environment } from './environment.ts'
import { HttpError, refusals, restBook } from './rest.ts'

const { port, issuer } = environment()
const authenticate = cached(createAuthenticate(issuer, refusals))
const demand = createDemand(refusals)
const books = openBooks()

const answer = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    title: { type: 'string' },
    author: { type: 'string' },
    cost: { type: 'number' },
    num_pages: { type: 'integer' },
  },
}

const server = Fastify()
server.get<{ Params: { id: string } }>(
  '/books/:id',
  { schema: { response: { 200: answer } } },
  async ({ headers, params }) => {
    demand(await authenticate(headers.authorization), READ)
    const book = books.find(params.id)
    if (book === null) throw new HttpError(404, 'NOT_FOUND')
    return restBook(book)
  },
)
await server.listen({ port, host: '127.0.0.1' })
