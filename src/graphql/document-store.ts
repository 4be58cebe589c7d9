import type { ApolloServerOptions } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import type { Context } from './context.ts'
import { createTextCache } from './text-cache.ts'

/** Total characters of the stored documents. */
const MAX_CHARACTERS = 2_000_000

/**
 * Creates Apollo Server's store of parsed and validated documents; plans live as long as their document. Apollo's default
 * store measures a document by the length of its JSON, a tenth of what it occupies in memory.
 */
export function createDocumentStore(): NonNullable<ApolloServerOptions<Context>['documentStore']> {
  const store = createTextCache<DocumentNode>(MAX_CHARACTERS, {
    countCharacters: ({ loc }) => loc?.source.body.length ?? MAX_CHARACTERS,
  })
  return {
    get: async (key) => store.get(key),
    async set(key, document) {
      store.set(key, document)
    },
    delete: async (key) => store.delete(key),
  }
}
