import type { Clock } from '../lib/clock.ts'
import type { ReplayStore } from './replay-store.ts'

const WINDOW_MS = 60_000

/** How long a nonce is known; its two windows are over by then. */
const KNOWN_MS = 2 * WINDOW_MS

/** Nonces for proofs (RFC 9449 §8): a new one each minute, good for that minute and the next, the same in all copies. */
export type DpopNonces = {
  /** @throws Refusal `SERVICE_UNAVAILABLE` when the copies cannot agree on it */
  readonly current: () => Promise<string>
  /**
   * Whether a nonce is this minute's, the last one's (`old`: the client should be given the current one), or neither.
   * @throws Refusal `SERVICE_UNAVAILABLE` as above
   */
  readonly classify: (nonce: string) => Promise<'current' | 'old' | undefined>
}

/**
 * @param replayStore where the copies agree on the nonce of a minute: the first to propose one is followed
 * @param generateNonce a new unguessable text at each call
 */
export function createDpopNonces(
  replayStore: ReplayStore,
  clock: Clock,
  generateNonce: () => string,
): DpopNonces {
  // By minute. Forgotten by a clock that only grows: one that is set back brings no old nonce back.
  const known = new Map<number, { readonly nonce: string; readonly since: number }>()
  const window = () => Math.floor(clock.now() / WINDOW_MS)
  async function nonceOf(index: number): Promise<string> {
    for (const [old, { since }] of known) if (clock.monotonicNow() - since >= KNOWN_MS) known.delete(old)
    const agreed = known.get(index)
    if (agreed) return agreed.nonce
    const proposed = generateNonce()
    const nonce = (await replayStore.putIfAbsent(`nonce:${index}`, proposed)) ?? proposed
    known.set(index, { nonce, since: clock.monotonicNow() })
    return nonce
  }
  return Object.freeze({
    current: () => nonceOf(window()),
    async classify(nonce) {
      if (nonce === (await nonceOf(window()))) return 'current'
      return nonce === (await nonceOf(window() - 1)) ? 'old' : undefined
    },
  } satisfies DpopNonces)
}
