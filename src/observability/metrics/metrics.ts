import { Registry } from 'prom-client'
import { createCounter, createEnumCounter } from './plain-metrics.ts'
import { addProcessMetrics } from './process-metrics.ts'
import { createRequestRecorder, type MetricLabels } from './request-metrics.ts'

export type Metrics = ReturnType<typeof createMetrics>

/**
 * Creates the metrics of one server in a registry of their own.
 * @param labels all values of labels: nothing that a client sends becomes one
 */
export function createMetrics(version: string, labels: MetricLabels) {
  const registry = new Registry()
  addProcessMetrics(registry, version)
  return Object.freeze({
    countTokenCacheHit: createCounter(registry, {
      name: 'fakebook_token_cache_hits_total',
      help: 'Token verifications answered from the cache.',
    })(),
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
      values: labels.rejectionReasons,
    }),
    countKeyFetch: createEnumCounter(registry, {
      name: 'fakebook_key_fetches_total',
      help: 'Fetches of the issuer’s key set.',
      label: 'outcome',
      values: ['ok', 'failed'],
    }),
    countDroppedLines: createEnumCounter(registry, {
      name: 'fakebook_log_lines_dropped_total',
      help: 'Lines of the log (service) and of the audit log (audit) that could not be written.',
      label: 'log',
      values: ['service', 'audit'],
    }),
    recordRequest: createRequestRecorder(registry, labels),
    registry,
    /** Renders this process's metrics in Prometheus' text format. */
    render: () => registry.metrics(),
    contentType: registry.contentType,
  })
}
