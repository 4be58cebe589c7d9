/** Mercurius as fast as its options make it: compiled queries, and a cache of verified tokens. */
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { type Caller, createAuthenticate, createDemand, type Refusals } from './bearer.ts'
import { openBooks } from './books.ts'
import { cached } from './cached.ts'
import { environment } from './environment.ts'
import { resolversOf, typeDefs } from './schema.ts'

declare module 'mercurius' {
  interface MercuriusContext {
    caller: Caller
  }
}

const { port, issuer } = environment()
const { ErrorWithProps } = mercurius

const refusals: Refusals = {
  unauthenticated: () => new ErrorWithProps('Not signed in', { code: 'UNAUTHENTICATED' }, 401),
  forbidden: () => new ErrorWithProps('Not allowed', { code: 'FORBIDDEN' }, 403),
}
const authenticate = cached(createAuthenticate(issuer, refusals))

const server = Fastify()
await server.register(mercurius, {
  schema: typeDefs,
  resolvers: resolversOf(openBooks(), createDemand(refusals)),
  jit: 1,
  context: async (request) => ({ caller: await authenticate(request.headers.authorization) }),
})
await server.listen({ port, host: '127.0.0.1' })
