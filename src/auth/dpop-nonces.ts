import type { Clock } from '../lib/clock.ts'
import { TwoGenerationMap } from '../lib/two-generation-map.ts'
import { REPLAY_RETENTION_MS, type ReplayStore } from './replay-store.ts'

const WINDOW_MS = 60_000

/**
 * Creates the server-provided nonces for DPoP proofs (RFC 9449 §8). There is a new one every minute, valid for that
 * minute and the next, and it is the same in every process that shares the replay store. Its functions throw the
 * ApiError `SERVICE_UNAVAILABLE` when the replay store is unavailable.
 * @param replayStore for each minute, the first nonce that a process stores is used by all
 * @param generateNonce returns a new unguessable string
 */
export function createDpopNonces(replayStore: ReplayStore, clock: Clock, generateNonce: () => string) {
  // Forgotten before the replay store forgets the proofs, so that setting the wall clock back revives no old nonce.
  const nonces = new TwoGenerationMap<string>(REPLAY_RETENTION_MS / 2, clock)
  const currentWindow = () => Math.floor(clock.now() / WINDOW_MS)
  async function getNonce(window: number): Promise<string> {
    const key = `nonce:${window}`
    const known = nonces.get(key)
    if (known !== undefined) return known
    const proposed = generateNonce()
    const nonce = (await replayStore.putIfAbsent(key, proposed)) ?? proposed
    nonces.set(key, nonce)
    return nonce
  }
  return {
    current: () => getNonce(currentWindow()),
    /** Returns whether a nonce is the current one, the previous one (`old`: valid, but to be replaced) or invalid. */
    async classify(nonce: string): Promise<'current' | 'old' | 'invalid'> {
      if (nonce === (await getNonce(currentWindow()))) return 'current'
      return nonce === (await getNonce(currentWindow() - 1)) ? 'old' : 'invalid'
    },
  }
}
