import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { ENTRY_OVERHEAD_CHARACTERS } from './document-store.ts'

/** Characters of texts whose names are known. */
const NAMED = 1_000_000
/** Characters of texts that clients have registered. */
const REGISTERED = 4_000_000

/** What Apollo Server asks for a text by its name; its keys have `apq:` in front. */
type TextCache = {
  get(key: string): Promise<string | undefined>
  set(key: string, text: string): Promise<void>
  delete(key: string): Promise<boolean>
}

type QueryIds = {
  readonly assignQueryId: (text: string) => string
  /** Whether it is such a name: its text came with the request. */
  readonly isQueryId: (name: unknown) => boolean
  readonly cache: TextCache
}

/**
 * Names texts, so that Apollo Server finds them as it finds persisted queries. Of a document without a name it works out
 * the SHA-256 at each request, by a road that takes a twentieth of the whole. Nobody outside can say such a name: what
 * somebody else has asked is not to be had by guessing.
 */
export function createQueryIds(): QueryIds {
  const secret = randomUUID()
  let count = 0
  const byName = new Map<string, string>()
  const names = new LRUCache<string, string>({
    maxSize: NAMED,
    sizeCalculation: (_, text) => text.length + ENTRY_OVERHEAD_CHARACTERS,
    // Who was given the name in this turn of the event loop asks for the text in it.
    dispose: (name, text) => forget(name, text),
  })
  const registered = new LRUCache<string, string>({
    maxSize: REGISTERED,
    sizeCalculation: (text) => text.length + ENTRY_OVERHEAD_CHARACTERS,
  })

  // Its text may have been given another name meanwhile.
  const forget = (name: string, text: string) =>
    setImmediate(() => names.peek(text) === name || byName.delete(name))

  function nameOf(text: string): string {
    const known = names.get(text)
    if (known !== undefined) return known
    count += 1
    const name = `${secret} ${count}`
    byName.set(name, text)
    names.set(text, name)
    if (!names.has(text)) forget(name, text)
    return name
  }

  const withoutPrefix = (key: string) => key.slice(key.indexOf(':') + 1)
  return {
    assignQueryId: nameOf,
    isQueryId: (name) => typeof name === 'string' && byName.has(name),
    cache: {
      get: async (key) => byName.get(withoutPrefix(key)) ?? registered.get(key),
      async set(key, text) {
        registered.set(key, text)
      },
      delete: async (key) => registered.delete(key),
    },
  }
}
