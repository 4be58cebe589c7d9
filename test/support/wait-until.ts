import { setImmediate } from 'node:timers/promises'

const TRIES = 1_000_000

/** Looks again and again at what another part brings about in its own time; the test's time limit ends it. */
export async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < TRIES; i++) {
    if (await condition()) return
    await setImmediate()
  }
  throw new Error('it did not come about')
}
