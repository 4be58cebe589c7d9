import { randomUUID } from 'node:crypto'
import type { DocumentNode } from 'graphql'
import type { DocumentSize } from './document-size.ts'
import { createTextCache } from './text-cache.ts'

/** Total size of the documents, in characters. */
const MAX_SIZE = 24_000_000
/** The memory of one token in a syntax tree with locations, with its part of the size, the plan and the compiled fields, in characters of two bytes. */
const CHARACTERS_PER_TOKEN = 250
/** Total characters of the texts that came once. */
const MAX_SEEN_CHARACTERS = 4_000_000

/** The documents that are held for one turn, if it does not end: some hundred requests run in one at most. */
const MAX_HELD = 500

/** A parsed document within the limits. */
export type CachedDocument = {
  /** Contains a random UUID, so that no client can execute another client's document by guessing its id. */
  readonly id: string
  readonly text: string
  readonly document: DocumentNode
  readonly size: DocumentSize
  /** The document that Apollo Server gets, see `createDocumentStore`. */
  validated?: DocumentNode | undefined
}

export type DocumentCache = ReturnType<typeof createDocumentCache>

/** Returns the size of a parsed document. A deep document takes a hundred times the memory of its text. */
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
  const kept = createTextCache<CachedDocument>(MAX_SIZE, {
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
    // Not cleared: V8 keeps what a map had before, until it collects all garbage.
    held = createMaps()
  }

  return {
    find: (text: string) => kept.get(text) ?? held.byText.get(text),
    /** Adds a document whose text is not in the cache. */
    add(text: string, document: DocumentNode, size: DocumentSize): CachedDocument {
      count += 1
      const cached: CachedDocument = { id: `${prefix} ${count}`, text, document, size }
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
