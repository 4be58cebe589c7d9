import type { Registry } from 'prom-client'
import { createEnumCounter, createLazyCounter, type Increment, type IncrementLabel } from './lazy-metrics.ts'

export type TokenMetrics = {
  readonly countVerifiedToken: IncrementLabel
  readonly countTokenCacheHit: Increment
  readonly countRejectedCredentials: IncrementLabel
  readonly countKeyFetch: (outcome: 'ok' | 'failed') => void
}

/** @param rejectionReasons all values of the `reason` label */
export function addTokenMetrics(registry: Registry, rejectionReasons: readonly string[]): TokenMetrics {
  const createCacheHit = createLazyCounter(registry, {
    name: 'fakebook_token_cache_hits_total',
    help: 'Token verifications answered from the cache.',
  })
  return {
    countTokenCacheHit: createCacheHit(),
    countVerifiedToken: createEnumCounter(registry, {
      name: 'fakebook_tokens_verified_total',
      help: 'Requests with a valid access token.',
      label: 'scheme',
      values: ['Bearer', 'DPoP'],
    }),
    countRejectedCredentials: createEnumCounter(registry, {
      name: 'fakebook_credentials_refused_total',
      help: 'Requests rejected for their credentials, or because the keys or the replay store were unavailable.',
      label: 'reason',
      values: rejectionReasons,
    }),
    countKeyFetch: createEnumCounter(registry, {
      name: 'fakebook_key_fetches_total',
      help: 'Fetches of the issuer’s key set.',
      label: 'outcome',
      values: ['ok', 'failed'],
    }),
  }
}
