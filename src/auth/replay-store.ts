import { serviceUnavailable } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { RedisConnection } from '../lib/redis-client.ts'
import { TwoGenerationMap } from '../lib/two-generation-map.ts'

/** A proof is valid for 90 s without a nonce and for 120 s with one. The rest allows for clocks that differ. */
export const REPLAY_RETENTION_MS = 180_000

/** A store of used DPoP proofs and of the nonces that processes share. */
export type ReplayStore = {
  /**
   * Stores a value for at least `REPLAY_RETENTION_MS`, unless the key has one already.
   * @returns the value that the key already had, or undefined
   * @throws ApiError `SERVICE_UNAVAILABLE` if the value cannot be stored: fails closed
   */
  readonly putIfAbsent: (key: string, value: string) => Promise<string | undefined>
}

const replayStoreUnavailable = () => serviceUnavailable('The DPoP replay store', 5)

/**
 * Creates a replay store in the memory of this process.
 * @param maxEntries the maximum number of entries; beyond it, `putIfAbsent` throws `SERVICE_UNAVAILABLE`
 */
export function createMemoryReplayStore(clock: Clock, maxEntries: number): ReplayStore {
  const entries = new TwoGenerationMap<string>(REPLAY_RETENTION_MS, clock)
  return {
    async putIfAbsent(key, value) {
      const existing = entries.get(key)
      if (existing !== undefined) return existing
      if (entries.size >= maxEntries) throw replayStoreUnavailable()
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
