import { type ApiError, serviceUnavailable } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'

/**
 * How long anything is remembered. A proof without a nonce is good for 90 s, one with a nonce for 120 s; the rest is for
 * copies whose clocks differ.
 */
export const REPLAY_RETENTION_MS = 180_000

/** What the copies of this service must remember together. */
export type ReplayStore = {
  /**
   * Remembers a value for `REMEMBERED_MS` at least, unless there is one already.
   * @returns the value that was there before; undefined when this one is new
   * @throws Refusal `SERVICE_UNAVAILABLE` when it cannot remember: who forgets must not say yes
   */
  readonly putIfAbsent: (key: string, value: string) => Promise<string | undefined>
}

/** What who cannot remember says. */
export const replayStoreUnavailable = (): ApiError => serviceUnavailable('The memory of DPoP proofs', 5)

/**
 * The memory of a single copy: two maps in turn, the older of which is dropped as a whole.
 * @param maxEntries the most entries in both; at the limit it throws `SERVICE_UNAVAILABLE`
 */
export function createMemoryReplayStore(clock: Clock, maxEntries: number): ReplayStore {
  let young = new Map<string, string>()
  let old = new Map<string, string>()
  let since = clock.monotonicNow()
  function forget(): void {
    const age = clock.monotonicNow() - since
    if (age < REPLAY_RETENTION_MS) return
    old = age < 2 * REPLAY_RETENTION_MS ? young : new Map()
    young = new Map()
    since = clock.monotonicNow()
  }
  return Object.freeze({
    async putIfAbsent(key, value) {
      forget()
      const known = young.get(key) ?? old.get(key)
      if (known !== undefined) return known
      if (young.size + old.size >= maxEntries) throw replayStoreUnavailable()
      young.set(key, value)
      return undefined
    },
  } satisfies ReplayStore)
}
