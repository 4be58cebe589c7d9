import type { Registry } from 'prom-client'
import { addGauge } from './gauges.ts'
import { createEnumCounter, createLazyCounter, type Increment, type IncrementLabel } from './lazy-metrics.ts'

export type TokenMetricsSources = {
  /** All values of the `reason` label. */
  readonly rejectionReasons: readonly string[]
  readonly getKeySet: () => { readonly size: number; readonly ageSeconds: number }
  readonly countCachedTokens: () => number
}

export type TokenMetrics = {
  readonly countVerifiedToken: IncrementLabel
  readonly countTokenCacheHit: Increment
  readonly countRejectedCredentials: IncrementLabel
  readonly countKeyFetch: (outcome: 'ok' | 'failed') => void
}

export function addTokenMetrics(registry: Registry, sources: TokenMetricsSources): TokenMetrics {
  const { rejectionReasons, getKeySet, countCachedTokens } = sources
  addGauge(registry, {
    name: 'fakebook_token_cache_size',
    help: 'Verified tokens in the cache.',
    aggregator: 'sum',
    read: countCachedTokens,
  })
  addGauge(registry, {
    name: 'fakebook_keys',
    help: 'Keys of the issuer in use.',
    aggregator: 'max',
    read: () => getKeySet().size,
  })
  addGauge(registry, {
    name: 'fakebook_keys_age_seconds',
    help: 'Seconds since the issuer’s keys were fetched; +Inf before the first fetch.',
    aggregator: 'max',
    read: () => getKeySet().ageSeconds,
  })
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
    countKeyFetch: createKeyFetchCounter(registry),
  }
}

export const createKeyFetchCounter = (registry: Registry): TokenMetrics['countKeyFetch'] =>
  createEnumCounter(registry, {
    name: 'fakebook_key_fetches_total',
    help: 'Fetches of the issuer’s key set.',
    label: 'outcome',
    values: ['ok', 'failed'],
  })
