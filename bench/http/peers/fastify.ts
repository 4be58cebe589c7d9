/** One Fastify route with a response schema and a cache of verified tokens. */
import Fastify from 'fastify'
import { cacheCallers, createAuthenticate, createRequireScope, listenOptions, READ } from './authenticate.ts'
import { openBookStore } from './book-store.ts'

const createError = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode })
const errors = {
  unauthenticated: () => createError(401, 'UNAUTHENTICATED'),
  forbidden: () => createError(403, 'FORBIDDEN'),
}
const authenticate = cacheCallers(createAuthenticate(errors))
const requireScope = createRequireScope(errors)
const books = openBookStore()
const [integer, number, string] = [{ type: 'integer' }, { type: 'number' }, { type: 'string' }]
const properties = { id: integer, title: string, author: string, cost: number, num_pages: integer }

const server = Fastify()
server.get<{ Params: { id: string } }>(
  '/books/:id',
  { schema: { response: { 200: { type: 'object', properties } } } },
  async ({ headers, params }) => {
    requireScope(await authenticate(headers.authorization), READ)
    const book = books.find(params.id)
    if (book === null) throw createError(404, 'NOT_FOUND')
    const { id, title, author, cost, numPages } = book
    return { id: Number(id), title, author, cost, num_pages: numPages }
  },
)
await server.listen(listenOptions)
