import type { DocumentNode } from 'graphql'
import { createTextCache } from './text-cache.ts'

/** Total characters of the stored documents. */
const MAX_CHARACTERS = 2_000_000

/**
 * Creates Apollo Server's store of parsed and validated documents; plans live as long as their document. Apollo's default
 * store measures a document by the length of its JSON, a tenth of what it occupies in memory.
 */
export function createDocumentStore() {
  const store = createTextCache<DocumentNode>(MAX_CHARACTERS, {
    countCharacters: ({ loc }) => loc?.source.body.length ?? MAX_CHARACTERS,
  })
  return {
    get: async (key: string) => store.get(key),
    async set(key: string, document: DocumentNode) {
      store.set(key, document)
    },
    delete: async (key: string) => store.delete(key),
  }
}
