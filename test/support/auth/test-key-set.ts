import { KeySet } from '../../../src/auth/key-set.ts'
import { ApiError } from '../../../src/errors/api-error.ts'
import { createSigningKey } from '../stub-issuer.ts'
import { createTestClock } from '../test-clock.ts'

export const MINUTE_MS = 60_000

/** Returns the public JWK of a new key. */
export const createPublicJwk = async (kid: string) => (await createSigningKey(kid)).jwk

/** Creates a key set that fetches documents from a function, on a test clock. */
export function createTestKeySet(fetchDocument: () => unknown, random = () => 0.5) {
  const clock = createTestClock()
  const fetchCounts = { ok: 0, failed: 0 }
  const keySet = new KeySet({
    fetchJwks: async () => fetchDocument(),
    clock,
    random,
    refreshMs: 5 * MINUTE_MS,
    outageMs: 60 * MINUTE_MS,
    onFetch(error) {
      fetchCounts[error === undefined ? 'ok' : 'failed'] += 1
    },
  })
  return { keySet, clock, fetchCounts }
}

/** Returns `found`, or the code of the error. */
export const lookupOutcome = (lookup: Promise<unknown>) =>
  lookup.then(
    () => 'found',
    (error) => (error instanceof ApiError ? error.details.code : String(error)),
  )
