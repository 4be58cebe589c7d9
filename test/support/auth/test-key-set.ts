import { KeySet } from '../../../src/auth/key-set.ts'
import { ApiError } from '../../../src/errors/api-error.ts'
import { createSigningKey } from '../stub-issuer.ts'
import { createTestClock } from '../test-clock.ts'

export const MINUTE_MS = 60_000
/** The public half of a new key. */
export const createPublicJwk = async (kid: string) => (await createSigningKey(kid)).jwk

/** A key set whose documents and time a test gives it. */
export function createTestKeySet(documents: () => unknown, random = () => 0.5) {
  const clock = createTestClock()
  const fetchCounts = { good: 0, failed: 0 }
  const keys = new KeySet({
    fetchKeys: async () => documents(),
    clock,
    random,
    refreshMs: 5 * MINUTE_MS,
    outageMs: 60 * MINUTE_MS,
    onFetch(fault) {
      fetchCounts[fault === undefined ? 'good' : 'failed'] += 1
    },
  })
  return { keys, clock, count: fetchCounts }
}

/** How a search for a key ends. */
export const lookupOutcome = (found: Promise<unknown>) =>
  found.then(
    () => 'found',
    (error) => (error instanceof ApiError ? error.details.code : String(error)),
  )
