/** One kind of things that are kept for a while. Keys must be secrets that nobody can guess. */
export type ExpiringStore<Value> = {
  /** Keeps a value for so many milliseconds, and however often that is put off, for `mostMs` at most. */
  set(key: string, value: Value, ttlMs: number, maxTtlMs?: number): Promise<void>
  /** Undefined if there is none, or if it has expired. */
  get(key: string): Promise<Value | undefined>
  /** Reads and deletes in one step: of many who ask, one gets it. */
  getAndDelete(key: string): Promise<Value | undefined>
  /** Puts another value in its place, for the time that was left. @returns whether there was one */
  replace(key: string, value: Value): Promise<boolean>
  /** Puts the end off to so many milliseconds from now. */
  extend(key: string, ttlMs: number): Promise<void>
  delete(key: string): Promise<void>
}

/** Rooms by their names. */
export type ExpiringStores = {
  /** @param maxEntries about so many are kept (a tenth more at times), the newest; undefined: however many come */
  open<Value>(name: string, maxEntries?: number): ExpiringStore<Value>
}
