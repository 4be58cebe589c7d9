import { randomBytes } from 'node:crypto'
import type { Around } from './around.ts'
import type { Clock } from './clock.ts'
import type { Common } from './common.ts'
import type { Config } from './config.ts'
import type { Metrics } from './metrics/metrics.ts'
import { REASONS } from './reasons.ts'
import { redisMemory, type SharedStore } from './redis.ts'
import { type Authenticate, createAuthenticate } from './token/authenticate.ts'
import { cached } from './token/cache.ts'
import { createCheckProof } from './token/dpop.ts'
import { keysOf } from './token/fetch-keys.ts'
import { KeySet } from './token/keys.ts'
import { localMemory } from './token/memory.ts'
import { createNonces } from './token/nonces.ts'
import { createVerify } from './token/verify.ts'

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
