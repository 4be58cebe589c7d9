/** Nothing but Node: the least that such a request costs, with a cache of verified tokens. */
import { createServer } from 'node:http'
import { createAuthenticate, createDemand, READ } from './bearer.ts'
import { openBooks } from './books.ts'
import { cached } from './cached.ts'
import { environment } from './environment.ts'
import { HttpError, refusals, restBook } from './rest.ts'

const { port, issuer } = environment()
const authenticate = cached(createAuthenticate(issuer, refusals))
const demand = createDemand(refusals)
const books = openBooks()

async function answerOf(url: string, authorization: string | undefined): Promise<unknown> {
  demand(await authenticate(authorization), READ)
  const [, id] = /^\/books\/(\d+)$/.exec(url) ?? []
  const book = id === undefined ? null : books.find(id)
  if (book === null) throw new HttpError(404, 'NOT_FOUND')
  return restBook(book)
}

const server = createServer(async (request, response) => {
  const { status, said } = await answerOf(request.url ?? '', request.headers.authorization).then(
    (found) => ({ status: 200, said: found }),
    (fault) => ({
      status: fault instanceof HttpError ? fault.statusCode : 500,
      said: { error: String(fault) },
    }),
  )
  const body = JSON.stringify(said)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
})
server.listen(port, '127.0.0.1')
