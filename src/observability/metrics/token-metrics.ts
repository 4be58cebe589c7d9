import type { Registry } from 'prom-client'
import { closedCounter } from './enum-counter.ts'
import { addGauge } from './gauges.ts'
import { tallied } from './lazy-counter.ts'

export type TokenSources = {
  /** Why credentials can be refused: the label's values, a closed list. */
  readonly reasons: readonly string[]
  /** What is measured at the moment that somebody asks; age in seconds. */
  readonly keys: () => { readonly size: number; readonly age: number }
  /** How many verified tokens are remembered. */
  readonly rememberedTokens: () => number
}

/** Who called, and what checks them. */
export function tokenMetrics(registry: Registry, { reasons, keys, rememberedTokens }: TokenSources) {
  const cached = tallied(registry, {
    name: 'fakebook_token_cache_hits_total',
    help: 'Checks of a token that were answered from memory.',
  })
  const closed = (name: string, help: string, label: string, values: readonly string[]) =>
    closedCounter(registry, name, help, label, values)
  addGauge(
    registry,
    'fakebook_token_cache_size',
    'Verified tokens that are remembered.',
    'sum',
    rememberedTokens,
  )
  addGauge(registry, 'fakebook_keys', 'Public keys of the issuer in use.', 'max', () => keys().size)
  addGauge(
    registry,
    'fakebook_keys_age_seconds',
    'Seconds since the issuer’s keys were fetched; +Inf before the first time.',
    'max',
    () => keys().age,
  )
  return {
    tokenVerified: closed('fakebook_tokens_verified_total', 'Requests with a good access token.', 'scheme', [
      'Bearer',
      'DPoP',
    ]),
    tokenFromCache: cached(),
    credentialsRefused: closed(
      'fakebook_credentials_refused_total',
      'Requests refused for their credentials, or because keys or memory were unavailable.',
      'reason',
      reasons,
    ),
    keysFetched: keyFetchCounter(registry),
  }
}

/** Counts the fetches of the issuer's keys, in whichever process does them. */
export const keyFetchCounter = (registry: Registry) =>
  closedCounter(registry, 'fakebook_key_fetches_total', 'Fetches of the issuer’s key set.', 'outcome', [
    'ok',
    'failed',
  ]) as (outcome: 'ok' | 'failed') => void
