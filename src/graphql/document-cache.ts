import { randomUUID } from 'node:crypto'
import type { DocumentNode } from 'graphql'
import type { DocumentSize } from './document-size.ts'
import { createTextCache } from './text-cache.ts'

/** Total size of the documents, in characters. */
const MAX_SIZE = 24_000_000
/** The memory of one token in a syntax tree with locations, with its part of the size, the plan and the compiled fields, in characters of two bytes. */
const CHARACTERS_PER_TOKEN = 250

/** A parsed document within the limits. */
export type CachedDocument = {
  /** Contains a random UUID, so that no client can execute another client's document by guessing its id. */
  readonly id: string
  readonly text: string
  readonly document: DocumentNode
  readonly size: DocumentSize
  /** Undefined before the document is validated. */
  isValid?: boolean
}

export type DocumentCache = ReturnType<typeof createDocumentCache>

/** Returns the size of a parsed document. A deep document takes a hundred times the memory of its text. */
export const measureMemory = ({ tokenCount = 0 }: DocumentNode, text: string) =>
  text.length + tokenCount * CHARACTERS_PER_TOKEN

/** Creates the cache of parsed documents by their text; what is derived from them, such as plans, lives as long as they do. */
export function createDocumentCache() {
  const prefix = randomUUID()
  let count = 0
  const byId = new Map<string, CachedDocument>()
  const evictedIds: string[] = []
  const byText = createTextCache<CachedDocument>(MAX_SIZE, {
    countCharacters: ({ document }, text) => measureMemory(document, text),
    dispose: ({ id }) => {
      if (evictedIds.push(id) === 1) setImmediate(releaseIds)
    },
  })

  function releaseIds(): void {
    for (const id of evictedIds.splice(0)) byId.delete(id)
  }

  return {
    find: (text: string) => byText.get(text),
    /** Adds a document whose text is not in the cache. */
    add(text: string, document: DocumentNode, size: DocumentSize): CachedDocument {
      count += 1
      const cached: CachedDocument = { id: `${prefix} ${count}`, text, document, size }
      byId.set(cached.id, cached)
      byText.set(text, cached)
      return cached
    },
    /** Also finds documents that were evicted in this turn of the event loop, for the requests that have their id. */
    findById: (id: string) => byId.get(id),
  }
}
