/** Mercurius as fast as its options make it: compiled queries, and a cache of verified tokens. */
import { createHash } from 'node:crypto'
import Fastify from 'fastify'
import { LRUCache } from 'lru-cache'
import mercurius from 'mercurius'
import { bearerToken, type Caller, createVerify, demandRead } from './bearer.ts'
import { openBooks, typeDefs } from './books.ts'
import { environment } from './environment.ts'

declare module 'mercurius' {
  interface MercuriusContext {
    caller: Caller
  }
}

const { port, issuer } = environment()
const verify = createVerify(issuer)
const bookById = openBooks()
const verified = new LRUCache<string, Caller>({ max: 1000 })

/** The key is a hash, so that no token stays in memory; an entry lives no longer than its token. */
async function cachedVerify(token: string): Promise<Caller> {
  const key = createHash('sha256').update(token).digest('base64')
  const known = verified.get(key)
  if (known !== undefined) return known
  const caller = await verify(token)
  verified.set(key, caller, { ttl: Math.max(1, caller.expires * 1000 - Date.now()) })
  return caller
}

const resolvers = {
  Query: {
    book(_parent: unknown, { id }: { id: string }, { caller }: { caller: Caller }) {
      demandRead(caller)
      return bookById(id)
    },
  },
}

const server = Fastify()
await server.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: 1,
  context: async (request) => ({ caller: await cachedVerify(bearerToken(request.headers.authorization)) }),
})
await server.listen({ port, host: '127.0.0.1' })
