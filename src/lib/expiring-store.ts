/** A key-value store of one kind of expiring values. Keys must be unguessable secrets. */
export type ExpiringStore<Value> = {
  /** Stores a value for `ttlMs`. `extend` can prolong that, up to `maxTtlMs` in total. */
  set(key: string, value: Value, ttlMs: number, maxTtlMs?: number): Promise<void>
  /** Returns undefined if there is no value or it has expired. */
  get(key: string): Promise<Value | undefined>
  /** Reads and deletes in one step: only one of several concurrent callers gets the value. */
  getAndDelete(key: string): Promise<Value | undefined>
  /** Replaces the value and keeps its expiry. Returns false if there was no value. */
  replace(key: string, value: Value): Promise<boolean>
  /** Sets the expiry to `ttlMs` from now. */
  extend(key: string, ttlMs: number): Promise<void>
  delete(key: string): Promise<void>
}

export type ExpiringStores = {
  open<Value>(name: string): ExpiringStore<Value>
}
