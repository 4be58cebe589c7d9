import type { ApolloServerOptions } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Context } from './context.ts'

/** Total characters of the stored documents. */
const MAX_CHARACTERS = 2_000_000
/** Counted for each entry in addition to its text, so that the number of short entries is limited too. */
export const ENTRY_OVERHEAD_CHARACTERS = 500

/**
 * Creates Apollo Server's store of parsed and validated documents; plans live as long as their document. Apollo's default
 * store measures a document by the length of its JSON, a tenth of what it occupies in memory.
 */
export function createDocumentStore(): NonNullable<ApolloServerOptions<Context>['documentStore']> {
  const store = new LRUCache<string, DocumentNode>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ loc }) => (loc?.source.body.length ?? MAX_CHARACTERS) + ENTRY_OVERHEAD_CHARACTERS,
  })
  return {
    get: async (key) => store.get(key),
    async set(key, document) {
      store.set(key, document)
    },
    delete: async (key) => store.delete(key),
  }
}
