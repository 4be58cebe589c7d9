/** Mercurius with compiled queries and a cache of verified tokens. */
import Fastify from 'fastify'
import mercurius from 'mercurius'
import {
  type Caller,
  cacheCallers,
  createAuthenticate,
  listenOptions,
  type PeerErrors,
} from './authenticate.ts'
import { createResolvers, typeDefs } from './resolvers.ts'

declare module 'mercurius' {
  interface MercuriusContext {
    caller: Caller
  }
}

const errors: PeerErrors = {
  unauthenticated: () => new mercurius.ErrorWithProps('Not signed in', { code: 'UNAUTHENTICATED' }, 401),
  forbidden: () => new mercurius.ErrorWithProps('Not allowed', { code: 'FORBIDDEN' }, 403),
}
const authenticate = cacheCallers(createAuthenticate(errors))
const server = Fastify()
await server.register(mercurius, {
  schema: typeDefs,
  resolvers: createResolvers(errors),
  jit: 1,
  context: async (request) => ({ caller: await authenticate(request.headers.authorization) }),
})
await server.listen(listenOptions)
