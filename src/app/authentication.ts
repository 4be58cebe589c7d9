import { randomBytes } from 'node:crypto'
import { type Authenticate, createAuthenticate } from '../auth/authenticate.ts'
import { createCheckProof } from '../auth/dpop.ts'
import { createNonces } from '../auth/dpop-nonces.ts'
import { keysOf } from '../auth/fetch-jwks.ts'
import { KeySet } from '../auth/key-set.ts'
import { redisMemory, type SharedStore } from '../auth/redis-replay-store.ts'
import { localMemory } from '../auth/replay-store.ts'
import { cached } from '../auth/verified-token-cache.ts'
import { createVerify } from '../auth/verify-token.ts'
import type { Config } from '../config/config.ts'
import { REASONS } from '../errors/credential-errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Around } from '../lib/instrument.ts'
import type { Metrics } from '../observability/metrics/metrics.ts'
import type { Common } from './workers/shared-state.ts'

/** Every reason that is counted; the last is not the caller's fault. */
export const REFUSAL_REASONS = [...Object.keys(REASONS), 'unavailable']

type Parts = {
  readonly config: Config
  readonly issuer: string
  /** The API's public URL. */
  readonly resource: () => string
  readonly clock: Clock
  readonly metrics: Metrics
  readonly report: (fault: unknown) => void
  /** Put around the check of a token. */
  readonly around: Around
  /** What other processes of this copy have, too. */
  readonly common?: Common | undefined
}

/**
 * Puts the token room together: the keys, the check behind its cache, the proofs' memory, and who asks.
 * @returns what finds out who asks, the keys (not yet started), how many tokens are remembered, whether Redis is there (if
 * it is used), and how to stop
 */
export function createTokenRoom({
  config,
  issuer,
  resource,
  clock,
  metrics,
  report,
  around,
  common,
}: Parts): {
  readonly authenticate: Authenticate
  readonly keys: KeySet
  readonly remembered: () => number
  readonly redis: SharedStore | undefined
  close(): void
} {
  const keys = new KeySet({
    ...config.keys,
    fetchKeys: common?.fetchKeys ?? keysOf(issuer, config.keys.timeoutMs),
    clock,
    // Who is told when keys were fetched looks again by itself only when nobody tells.
    random: common ? () => 1 : Math.random,
    onFetch(fault) {
      // Whoever fetched them counts and reports.
      if (common) return
      metrics.keysFetched(fault === undefined ? 'ok' : 'failed')
      if (fault !== undefined) report(fault)
    },
  })
  common?.onKeys(() => void keys.start())
  const policy = { issuer, audience: config.audience }
  const verify = cached(createVerify({ policy, findKey: keys.find, clock }), {
    clock,
    limit: config.tokenCacheLimit,
    // At the end of an outage what is remembered ends with the keys.
    generation: () => (keys.usable ? keys.generation : -1),
    onHit: metrics.tokenFromCache,
  })
  const redis =
    config.redisUrl === undefined ? undefined : redisMemory(config.redisUrl, config.redisTimeoutMs, report)
  const memory = redis ?? common?.memory ?? localMemory(clock, config.dpop.memoryLimit)
  const nonces = createNonces(memory, clock, () => randomBytes(16).toString('base64url'))
  const { nonceRequired } = config.dpop
  return {
    authenticate: createAuthenticate({
      verify: around('verify', verify),
      checkProof: createCheckProof({ resource, clock, memory, nonces, nonceRequired }),
      onAccepted: metrics.tokenVerified,
      onRefused: ({ details }) => metrics.credentialsRefused(details.reason ?? 'unavailable'),
    }),
    keys,
    remembered: verify.size,
    redis,
    close() {
      keys.stop()
      redis?.close()
    },
  }
}
