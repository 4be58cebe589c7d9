import { serviceUnavailable, tooManyDpopProofs } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { RedisConnection } from '../lib/redis-client.ts'
import { TwoGenerationMap } from '../lib/two-generation-map.ts'

/** A proof is valid for 90 s without a nonce and for 120 s with one. The rest allows for clocks that differ. */
export const REPLAY_RETENTION_MS = 180_000

/** A store of used DPoP proofs and of the nonces that processes share. */
export type ReplayStore = {
  /**
   * Stores a value for at least `REPLAY_RETENTION_MS`, unless the key has one already.
   * @param owner who causes the entry, if that is a client; others are not affected by an owner with too many
   * @returns the value that the key already had, or undefined
   * @throws ApiError `SERVICE_UNAVAILABLE` if the value cannot be stored, `LIMIT_EXCEEDED` if the owner has too many: fails
   *   closed
   */
  readonly putIfAbsent: (key: string, value: string, owner?: string) => Promise<string | undefined>
}

const replayStoreUnavailable = () => serviceUnavailable('The DPoP replay store', 5)

/**
 * Creates a replay store in the memory of this process. In each generation an owner may add entries while it has added
 * fewer than are free: one that adds as many as it can leaves a quarter or more to others, and several together leave some.
 * @param maxEntries the maximum number of entries; beyond it, `putIfAbsent` throws `SERVICE_UNAVAILABLE`
 */
export function createMemoryReplayStore(clock: Clock, maxEntries: number): ReplayStore {
  const entries = new TwoGenerationMap<string>(REPLAY_RETENTION_MS, clock)
  /** The number of entries that each owner added in this generation. */
  const added = new Map<string, number>()
  let { generation } = entries
  return {
    async putIfAbsent(key, value, owner) {
      const existing = entries.get(key)
      if (existing !== undefined) return existing
      const free = maxEntries - entries.size
      if (free <= 0) throw replayStoreUnavailable()
      if (owner !== undefined) {
        if (generation !== entries.generation) added.clear()
        generation = entries.generation
        const count = added.get(owner) ?? 0
        if (count >= free) throw tooManyDpopProofs(REPLAY_RETENTION_MS / 1_000)
        added.set(owner, count + 1)
      }
      entries.set(key, value)
      return undefined
    },
  }
}

/** Creates a replay store that all processes with the same Redis share. */
export const createRedisReplayStore = ({ client, reportError }: RedisConnection): ReplayStore => ({
  async putIfAbsent(key, value) {
    try {
      return (await client.set(key, value, 'PX', REPLAY_RETENTION_MS, 'NX', 'GET')) ?? undefined
    } catch (error) {
      reportError(error)
      throw replayStoreUnavailable()
    }
  },
})
