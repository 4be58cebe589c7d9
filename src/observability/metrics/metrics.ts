import { Registry } from 'prom-client'
import { createCounter, createEnumCounter } from './plain-metrics.ts'
import { addProcessMetrics, addServerGauges, type ServerState } from './process-metrics.ts'
import { type Methods, measureRepository } from './repository-metrics.ts'
import { addRequestMetrics, type RequestMetricLabels } from './request-metrics.ts'

export type Metrics = ReturnType<typeof createMetrics>

/**
 * Creates the metrics of one server in a registry of their own.
 * @param rejectionReasons all reasons for which credentials may be rejected
 */
export function createMetrics(version: string, rejectionReasons: readonly string[]) {
  const registry = new Registry()
  addProcessMetrics(registry, version)
  return Object.freeze({
    countTokenCacheHit: createCounter(registry, {
      name: 'fakebook_token_cache_hits_total',
      help: 'Token verifications answered from the cache.',
    }),
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
    /** Registers the request metrics and returns the function that records a finished request. Call it once. */
    addRequestMetrics: (labels: RequestMetricLabels) => addRequestMetrics(registry, labels),
    /** Registers the metrics of a repository and wraps its methods. Call it once. */
    measureRepository: <Repository extends Methods>(repository: Repository) =>
      measureRepository(registry, repository),
    /** Registers the gauges of the server, once it is built. Call it once. */
    addServerGauges: (server: ServerState) => addServerGauges(registry, server),
    /** For prom-client's AggregatorRegistry, which sums the metrics of several workers. */
    registry,
    /** Renders this process's metrics in Prometheus' text format. */
    render: () => registry.metrics(),
    contentType: registry.contentType,
  })
}
