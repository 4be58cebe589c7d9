import { randomUUID } from 'node:crypto'
import type { DocumentNode } from 'graphql'
import type { DocumentSize } from './document-size.ts'
import { createTextCache } from './text-cache.ts'

/** The total memory of the kept documents, in characters of two bytes. */
const MAX_KEPT_CHARACTERS = 24_000_000
/** The memory of a token in the syntax tree and in what is derived from it, such as plans and compiled fields. */
const CHARACTERS_PER_TOKEN = 250
/** Total characters of the texts that came once. */
const MAX_SEEN_CHARACTERS = 4_000_000
/** The most documents that are held in one turn of the event loop, which has some hundred requests at most. */
const MAX_HELD = 500

/** A parsed document within the limits. */
export type CachedDocument = {
  /** Contains a random UUID, so that no client can execute another client's document by guessing its id. */
  readonly id: string
  readonly text: string
  readonly document: DocumentNode
  readonly size: DocumentSize
  /** The validated document for Apollo Server, see `createDocumentStore`. */
  validated?: DocumentNode | undefined
}

export type DocumentCache = ReturnType<typeof createDocumentCache>

/**
 * Returns the memory that a parsed document takes, in characters of two bytes: up to a hundred times that of its text, for
 * a deep one.
 */
export const measureMemory = ({ tokenCount = 0 }: DocumentNode, text: string) =>
  text.length + tokenCount * CHARACTERS_PER_TOKEN

/**
 * Creates the cache of parsed documents by their text; what is derived from them, such as plans, lives as long as they do.
 * A document is kept from the second time on that its text comes, and until then for one turn of the event loop: most texts
 * that come once do not come again, the garbage collection of short-lived objects costs little, and a client that sends
 * many documents once evicts none.
 */
export function createDocumentCache() {
  const prefix = randomUUID()
  let count = 0
  const seen = createTextCache<true>(MAX_SEEN_CHARACTERS)
  const keptById = new Map<string, CachedDocument>()
  const kept = createTextCache<CachedDocument>(MAX_KEPT_CHARACTERS, {
    countCharacters: ({ document }, text) => measureMemory(document, text),
    dispose(cached) {
      keptById.delete(cached.id)
      holdForTurn(cached)
    },
  })
  let held = createMaps()

  /** Holds a document that is not kept for the requests of this turn. */
  function holdForTurn(cached: CachedDocument): void {
    if (held.byId.size === 0) setImmediate(endTurn)
    held.byId.set(cached.id, cached)
    held.byText.set(cached.text, cached)
    const [oldest] = held.byId.size > MAX_HELD ? held.byId.values() : []
    if (!oldest) return
    held.byId.delete(oldest.id)
    held.byText.delete(oldest.text)
  }

  function endTurn(): void {
    // New maps, because V8 keeps the entries of a cleared one in memory until the next full garbage collection.
    held = createMaps()
  }

  return {
    /** Returns the document of a text. */
    find: (text: string) => kept.get(text) ?? held.byText.get(text),
    /** Adds a document whose text `find` does not find. */
    add(text: string, document: DocumentNode, size: DocumentSize): CachedDocument {
      count += 1
      const cached: CachedDocument = { id: `${prefix} ${count}`, text, document, size }
      // A document that is larger than the cache is not kept.
      if (seen.has(text) && kept.set(text, cached).has(text)) keptById.set(cached.id, cached)
      else {
        seen.set(text, true)
        holdForTurn(cached)
      }
      return cached
    },
    findById: (id: string) => keptById.get(id) ?? held.byId.get(id),
  }
}

const createMaps = () => ({
  byText: new Map<string, CachedDocument>(),
  byId: new Map<string, CachedDocument>(),
})
