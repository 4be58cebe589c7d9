import { randomBytes } from 'node:crypto'
import { createAuthenticate } from '../auth/authenticate.ts'
import { createDpopNonces } from '../auth/dpop-nonces.ts'
import { createVerifyDpopProof } from '../auth/dpop-proof.ts'
import { fetchJwks } from '../auth/jwks.ts'
import { KeySet } from '../auth/key-set.ts'
import { createMemoryReplayStore, createRedisReplayStore } from '../auth/replay-store.ts'
import { cacheVerifiedTokens } from '../auth/verified-token-cache.ts'
import { createVerifyToken } from '../auth/verify-token.ts'
import type { Config } from '../config/config.ts'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../errors/credential-errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Instrument } from '../lib/instrument.ts'
import { connectToRedis } from '../lib/redis-client.ts'
import type { Logger } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics/metrics.ts'
import { resolveJwksUrl } from './public-urls.ts'

/** Reasons for rejected credentials, as the metrics count them. The last one is not the client's fault. */
export const REJECTION_REASONS = [...Object.keys(CREDENTIAL_ERROR_DESCRIPTIONS), 'unavailable']

type AuthenticationOptions = {
  readonly config: Config
  readonly issuer: string
  readonly getApiUrl: () => string
  readonly clock: Clock
  readonly metrics: Metrics
  readonly log: Pick<Logger, 'error' | 'info'>
  readonly instrument: Instrument
}

/** Builds the authentication of requests: key set, token verification behind its cache, replay store and DPoP. */
export function createAuthentication(options: AuthenticationOptions) {
  const { config, issuer, getApiUrl, clock, metrics, log, instrument } = options
  const jwksUrl = resolveJwksUrl(config, issuer)
  let lastProblem: string | undefined
  const keys = new KeySet({
    ...config.keySet,
    fetchJwks: () => fetchJwks(jwksUrl, config.keySet.timeoutMs),
    clock,
    random: Math.random,
    onFetch(error) {
      metrics.countKeyFetch(error === undefined ? 'ok' : 'failed')
      const problem = error === undefined ? undefined : describeFetchError(error)
      const settingName = config.jwksUrl === undefined ? 'OKTA_ISSUER, or set JWKS_URL' : 'JWKS_URL'
      // Retries fail alike: an outage is logged once.
      if (problem !== undefined && problem !== lastProblem)
        log.error(`The keys of the issuer ${issuer} cannot be fetched: ${problem}. Check ${settingName}.`)
      lastProblem = problem
    },
  })
  const policy = { issuer, audience: config.audience, scopeClaims: config.scopeClaims }
  const verifyToken = cacheVerifiedTokens(createVerifyToken({ policy, findKey: keys.find, clock }), {
    clock,
    maxEntries: config.tokenCacheLimit,
    // Cached tokens become invalid together with the keys.
    getKeySetGeneration: () => (keys.isUsable ? keys.generation : -1),
    onHit: metrics.countTokenCacheHit,
  })
  const { redisUrl, redisTimeoutMs } = config
  const { isRequired: isDpopRequired, isNonceRequired, replayStoreLimit } = config.dpop
  const redis = redisUrl ? connectToRedis(redisUrl, redisTimeoutMs, log) : undefined
  const replayStore = redis ? createRedisReplayStore(redis) : createMemoryReplayStore(clock, replayStoreLimit)
  const nonces = createDpopNonces(replayStore, clock, () => randomBytes(16).toString('base64url'))
  const verifyDpopProof = createVerifyDpopProof({ getApiUrl, clock, replayStore, nonces, isNonceRequired })
  return {
    authenticate: createAuthenticate({
      verifyToken: instrument('verify', verifyToken),
      verifyDpopProof,
      isDpopRequired,
      onAccepted: metrics.countVerifiedToken,
      onRejected: ({ details }) => metrics.countRejectedCredentials(details.reason ?? 'unavailable'),
    }),
    /** Not yet fetched. */
    keys,
    countCachedTokens: verifyToken.size,
    /** Undefined without REDIS_URL. */
    redis,
    close() {
      keys.stop()
      redis?.close()
    },
  }
}

/** The message of `fetch` is only "fetch failed"; its cause has the details, as a code when a connection fails. */
function describeFetchError(error: unknown): string {
  const { message, cause } = error as Error & { readonly cause?: NodeJS.ErrnoException }
  return cause?.code ?? cause?.message ?? message
}
