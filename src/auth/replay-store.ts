import { type Refusal, unavailable } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'

/**
 * How long anything is remembered. A proof without a nonce is good for 90 s, one with a nonce for 120 s; the rest is for
 * copies whose clocks differ.
 */
export const REMEMBERED_MS = 180_000

/** What the copies of this service must remember together. */
export type Memory = {
  /**
   * Remembers a value for `REMEMBERED_MS` at least, unless there is one already.
   * @returns the value that was there before; undefined when this one is new
   * @throws Refusal `SERVICE_UNAVAILABLE` when it cannot remember: who forgets must not say yes
   */
  readonly remember: (key: string, value: string) => Promise<string | undefined>
}

/** What who cannot remember says. */
export const memoryUnavailable = (): Refusal => unavailable('The memory of DPoP proofs', 5)

/**
 * The memory of a single copy: two maps in turn, the older of which is dropped as a whole.
 * @param limit the most entries in both; at the limit it throws `SERVICE_UNAVAILABLE`
 */
export function localMemory(clock: Clock, limit: number): Memory {
  let young = new Map<string, string>()
  let old = new Map<string, string>()
  let since = clock.elapsed()
  function forget(): void {
    const age = clock.elapsed() - since
    if (age < REMEMBERED_MS) return
    old = age < 2 * REMEMBERED_MS ? young : new Map()
    young = new Map()
    since = clock.elapsed()
  }
  return Object.freeze({
    async remember(key, value) {
      forget()
      const known = young.get(key) ?? old.get(key)
      if (known !== undefined) return known
      if (young.size + old.size >= limit) throw memoryUnavailable()
      young.set(key, value)
      return undefined
    },
  } satisfies Memory)
}
