import { randomBytes } from 'node:crypto'
import { type Authenticate, createAuthenticate } from '../auth/authenticate.ts'
import { createVerifyDpopProof } from '../auth/dpop.ts'
import { createDpopNonces } from '../auth/dpop-nonces.ts'
import { createFetchJwks } from '../auth/fetch-jwks.ts'
import { KeySet } from '../auth/key-set.ts'
import { createRedisReplayStore, type RedisConnection } from '../auth/redis-replay-store.ts'
import { createMemoryReplayStore } from '../auth/replay-store.ts'
import { cacheVerifiedTokens } from '../auth/verified-token-cache.ts'
import { createVerifyToken } from '../auth/verify-token.ts'
import type { Config } from '../config/config.ts'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../errors/credential-errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Instrument } from '../lib/instrument.ts'
import type { Metrics } from '../observability/metrics/metrics.ts'

/** Every reason that is counted; the last is not the caller's fault. */
export const REJECTION_REASONS = [...Object.keys(CREDENTIAL_ERROR_DESCRIPTIONS), 'unavailable']

type Parts = {
  readonly config: Config
  readonly issuer: string
  /** The API's public URL. */
  readonly resource: () => string
  readonly clock: Clock
  readonly metrics: Metrics
  readonly report: (fault: unknown) => void
  /** Put around the check of a token. */
  readonly instrument: Instrument
}

/**
 * Puts the token room together: the keys, the check behind its cache, the proofs' memory, and who asks.
 * @returns what finds out who asks, the keys (not yet started), how many tokens are remembered, whether Redis is there (if
 * it is used), and how to stop
 */
export function createAuthentication({
  config,
  issuer,
  resource,
  clock,
  metrics,
  report,
  instrument,
}: Parts): {
  readonly authenticate: Authenticate
  readonly keys: KeySet
  readonly remembered: () => number
  readonly redis: RedisConnection | undefined
  close(): void
} {
  const keys = new KeySet({
    ...config.keySet,
    fetchKeys: createFetchJwks(issuer, config.keySet.timeoutMs),
    clock,
    random: Math.random,
    onFetch(fault) {
      metrics.countKeyFetch(fault === undefined ? 'ok' : 'failed')
      if (fault !== undefined) report(fault)
    },
  })
  const policy = { issuer, audience: config.audience }
  const verify = cacheVerifiedTokens(createVerifyToken({ policy, findKey: keys.find, clock }), {
    clock,
    limit: config.tokenCacheLimit,
    // At the end of an outage what is remembered ends with the keys.
    generation: () => (keys.isUsable ? keys.generation : -1),
    onHit: metrics.countTokenCacheHit,
  })
  const redis =
    config.redisUrl === undefined
      ? undefined
      : createRedisReplayStore(config.redisUrl, config.redisTimeoutMs, report)
  const memory = redis ?? createMemoryReplayStore(clock, config.dpop.replayStoreLimit)
  const nonces = createDpopNonces(memory, clock, () => randomBytes(16).toString('base64url'))
  const { isNonceRequired } = config.dpop
  return {
    authenticate: createAuthenticate({
      verify: instrument('verify', verify),
      checkProof: createVerifyDpopProof({ resource, clock, memory, nonces, nonceRequired: isNonceRequired }),
      onAccepted: metrics.countVerifiedToken,
      onRefused: ({ details }) => metrics.countRejectedCredentials(details.reason ?? 'unavailable'),
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
