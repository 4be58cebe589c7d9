import type { ApolloServerOptions } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Context } from './context.ts'

/** Characters of the documents that are remembered, together. */
const KEPT = 2_000_000
/** What each takes beside its text, in characters: without it short ones, which cost nobody anything to make, would be many. */
export const ENTRY_OVERHEAD_CHARACTERS = 500

/**
 * Where Apollo Server keeps what it has parsed and validated; plans live as long. Its own store counts the text that a
 * document would be as JSON, which is a tenth of what it takes in memory.
 */
export function createDocumentStore(): NonNullable<ApolloServerOptions<Context>['documentStore']> {
  const store = new LRUCache<string, DocumentNode>({
    maxSize: KEPT,
    sizeCalculation: ({ loc }) => (loc?.source.body.length ?? KEPT) + ENTRY_OVERHEAD_CHARACTERS,
  })
  return {
    get: async (key) => store.get(key),
    async set(key, document) {
      store.set(key, document)
    },
    delete: async (key) => store.delete(key),
  }
}
