import { LRUCache } from 'lru-cache'

/** Counted for each entry in addition to its text, so that the number of short entries is limited too. */
const ENTRY_OVERHEAD_CHARACTERS = 500

type Options<Value> = {
  /** Returns the length of an entry's text. By default the text is the key. */
  readonly countCharacters?: (value: Value, key: string) => number
  /** Called for each entry that leaves the cache. */
  readonly dispose?: (value: Value, key: string) => void
}

/** Creates a cache whose texts have at most this many characters in total; the least recently used are evicted. */
export const createTextCache = <Value extends NonNullable<unknown>>(
  maxCharacters: number,
  { countCharacters = (_, key) => key.length, dispose = () => {} }: Options<Value> = {},
) =>
  new LRUCache<string, Value>({
    maxSize: maxCharacters,
    sizeCalculation: (value, key) => countCharacters(value, key) + ENTRY_OVERHEAD_CHARACTERS,
    dispose,
  })
