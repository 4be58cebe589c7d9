import type { RedisConnection } from '../lib/redis-client.ts'
import { REPLAY_RETENTION_MS, type ReplayStore, replayStoreUnavailable } from './replay-store.ts'

/** Creates a replay store that all processes with the same Redis share. */
export function createRedisReplayStore({ client, reportError }: RedisConnection): ReplayStore {
  return Object.freeze({
    async putIfAbsent(key, value) {
      try {
        return (await client.set(key, value, 'PX', REPLAY_RETENTION_MS, 'NX', 'GET')) ?? undefined
      } catch (error) {
        reportError(error)
        throw replayStoreUnavailable()
      }
    },
  } satisfies ReplayStore)
}
