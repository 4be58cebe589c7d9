import type { Registry } from 'prom-client'
import { createEnumCounter } from './enum-counter.ts'
import { addGauge } from './gauges.ts'
import { createLazyCounter } from './lazy-counter.ts'

export type TokenMetricsSources = {
  /** Why credentials can be refused: the label's values, a closed list. */
  readonly rejectionReasons: readonly string[]
  /** What is measured at the moment that somebody asks; age in seconds. */
  readonly getKeySet: () => { readonly size: number; readonly ageSeconds: number }
  /** How many verified tokens are remembered. */
  readonly countCachedTokens: () => number
}

/** Who called, and what checks them. */
export function addTokenMetrics(
  registry: Registry,
  { rejectionReasons, getKeySet, countCachedTokens }: TokenMetricsSources,
) {
  const cached = createLazyCounter(registry, {
    name: 'fakebook_token_cache_hits_total',
    help: 'Checks of a token that were answered from memory.',
  })
  const closed = (name: string, help: string, label: string, values: readonly string[]) =>
    createEnumCounter(registry, name, help, label, values)
  addGauge(
    registry,
    'fakebook_token_cache_size',
    'Verified tokens that are remembered.',
    'sum',
    countCachedTokens,
  )
  addGauge(registry, 'fakebook_keys', 'Public keys of the issuer in use.', 'max', () => getKeySet().size)
  addGauge(
    registry,
    'fakebook_keys_age_seconds',
    'Seconds since the issuer’s keys were fetched; +Inf before the first time.',
    'max',
    () => getKeySet().ageSeconds,
  )
  return {
    countVerifiedToken: closed(
      'fakebook_tokens_verified_total',
      'Requests with a good access token.',
      'scheme',
      ['Bearer', 'DPoP'],
    ),
    countTokenCacheHit: cached(),
    countRejectedCredentials: closed(
      'fakebook_credentials_refused_total',
      'Requests refused for their credentials, or because keys or memory were unavailable.',
      'reason',
      rejectionReasons,
    ),
    countKeyFetch: createKeyFetchCounter(registry),
  }
}

/** Counts the fetches of the issuer's keys, in whichever process does them. */
export const createKeyFetchCounter = (registry: Registry) =>
  createEnumCounter(registry, 'fakebook_key_fetches_total', 'Fetches of the issuer’s key set.', 'outcome', [
    'ok',
    'failed',
  ]) as (outcome: 'ok' | 'failed') => void
