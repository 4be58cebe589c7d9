import { setImmediate } from 'node:timers/promises'

const MAX_ATTEMPTS = 1_000_000

/**
 * Evaluates a condition, once per turn of the event loop, until it is true.
 * @throws Error after a million attempts
 */
export async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < MAX_ATTEMPTS; i++) {
    if (await condition()) return
    await setImmediate()
  }
  throw new Error('the condition did not become true')
}
