import { KeySet } from '../../../src/auth/key-set.ts'
import { Refusal } from '../../../src/errors/api-error.ts'
import { signingKey } from '../stub-issuer.ts'
import { testClock } from '../test-clock.ts'

export const MINUTE = 60_000
/** The public half of a new key. */
export const jwkOf = async (kid: string) => (await signingKey(kid)).jwk

/** A key set whose documents and time a test gives it. */
export function keySet(documents: () => unknown, random = () => 0.5) {
  const clock = testClock()
  const count = { good: 0, failed: 0 }
  const keys = new KeySet({
    fetchKeys: async () => documents(),
    clock,
    random,
    refreshMs: 5 * MINUTE,
    outageMs: 60 * MINUTE,
    onFetch(fault) {
      count[fault === undefined ? 'good' : 'failed'] += 1
    },
  })
  return { keys, clock, count }
}

/** How a search for a key ends. */
export const outcome = (found: Promise<unknown>) =>
  found.then(
    () => 'found',
    (error) => (error instanceof Refusal ? error.details.code : String(error)),
  )
