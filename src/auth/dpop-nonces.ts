import type { Clock } from '../lib/clock.ts'
import type { ReplayStore } from './replay-store.ts'

const WINDOW_MS = 60_000
/** A nonce is valid for two windows, so it can be forgotten after them. */
const RETENTION_MS = 2 * WINDOW_MS

/**
 * Server-provided nonces for DPoP proofs (RFC 9449 §8). There is a new one every minute, valid for that minute and the
 * next, and it is the same in every process that shares the replay store.
 */
export type DpopNonces = {
  /** @throws ApiError `SERVICE_UNAVAILABLE` when the replay store is unavailable */
  readonly current: () => Promise<string>
  /**
   * Returns whether a nonce is the current one, the previous one (`old`: valid, but to be replaced) or invalid
   * (undefined).
   * @throws ApiError `SERVICE_UNAVAILABLE` when the replay store is unavailable
   */
  readonly classify: (nonce: string) => Promise<'current' | 'old' | undefined>
}

/**
 * @param replayStore shared by the processes: for each minute, the first nonce that one of them stores is used by all
 * @param generateNonce returns a new unguessable string
 */
export function createDpopNonces(
  replayStore: ReplayStore,
  clock: Clock,
  generateNonce: () => string,
): DpopNonces {
  // Entries expire by the monotonic clock, so that setting the wall clock back revives no old nonce.
  const nonces = new Map<number, { readonly nonce: string; readonly since: number }>()
  const currentWindow = () => Math.floor(clock.now() / WINDOW_MS)
  async function getNonce(window: number): Promise<string> {
    for (const [key, { since }] of nonces)
      if (clock.monotonicNow() - since >= RETENTION_MS) nonces.delete(key)
    const known = nonces.get(window)
    if (known) return known.nonce
    const proposed = generateNonce()
    const nonce = (await replayStore.putIfAbsent(`nonce:${window}`, proposed)) ?? proposed
    nonces.set(window, { nonce, since: clock.monotonicNow() })
    return nonce
  }
  return Object.freeze({
    current: () => getNonce(currentWindow()),
    async classify(nonce) {
      if (nonce === (await getNonce(currentWindow()))) return 'current'
      return nonce === (await getNonce(currentWindow() - 1)) ? 'old' : undefined
    },
  } satisfies DpopNonces)
}
