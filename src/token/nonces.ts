import type { Clock } from '../clock.ts'
import type { Memory } from './memory.ts'

const WINDOW_MS = 60_000

/** Nonces for proofs (RFC 9449 §8): a new one each minute, good for that minute and the next, the same in all copies. */
export type Nonces = {
  readonly current: () => Promise<string>
  readonly accepts: (nonce: string) => Promise<'current' | 'old' | undefined>
}

/** @param random a new unguessable text at each call */
export function createNonces(memory: Memory, clock: Clock, random: () => string): Nonces {
  const known = new Map<number, string>()
  const window = () => Math.floor(clock.now() / WINDOW_MS)
  async function nonceOf(index: number): Promise<string> {
    const agreed = known.get(index)
    if (agreed !== undefined) return agreed
    const proposed = random()
    const nonce = (await memory.remember(`nonce:${index}`, proposed)) ?? proposed
    for (const old of known.keys()) if (Math.abs(old - index) > 1) known.delete(old)
    known.set(index, nonce)
    return nonce
  }
  return Object.freeze({
    current: () => nonceOf(window()),
    async accepts(nonce) {
      if (nonce === (await nonceOf(window()))) return 'current'
      return nonce === (await nonceOf(window() - 1)) ? 'old' : undefined
    },
  } satisfies Nonces)
}
