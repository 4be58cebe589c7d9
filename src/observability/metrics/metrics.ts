import { Registry } from 'prom-client'
import type { RequestEvent } from '../../lib/http-messages.ts'
import {
  addDatabaseMetrics,
  type DatabaseMetricsSources,
  type MeasureRepository,
} from './database-metrics.ts'
import { addProcessMetrics, addServerGauges, type ServerGauges } from './process-metrics.ts'
import { addRequestMetrics, type RequestMetricLabels } from './request-metrics.ts'
import { addTokenMetrics, type TokenMetrics } from './token-metrics.ts'

type MetricsOptions = DatabaseMetricsSources & {
  readonly version: string
  /** All reasons for which credentials may be rejected. */
  readonly rejectionReasons: readonly string[]
}

export type Metrics = TokenMetrics & {
  /** Registers the request metrics and returns the function that records a finished request. Call it once. */
  readonly addRequestMetrics: (labels: RequestMetricLabels) => (event: RequestEvent) => void
  /** Registers the metrics of a repository and wraps its methods. Call it once. */
  readonly measureRepository: MeasureRepository
  /** Registers the gauges of the server, once it is built. Call it once. */
  readonly addServerGauges: (gauges: ServerGauges) => void
  /** For prom-client's AggregatorRegistry, which sums the metrics of several workers. */
  readonly registry: Registry
  /** Renders this process's metrics in Prometheus' text format. */
  readonly render: () => Promise<string>
  readonly contentType: string
}

/** Creates the metrics of one server in a registry of their own. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  // Metrics are collected in this order: the readiness check takes a database connection, which is not to be counted.
  const databaseMetrics = addDatabaseMetrics(registry, options)
  addProcessMetrics(registry, options.version)
  return Object.freeze({
    ...addTokenMetrics(registry, options.rejectionReasons),
    ...databaseMetrics,
    addRequestMetrics: (labels) => addRequestMetrics(registry, labels),
    addServerGauges: (gauges) => addServerGauges(registry, gauges),
    registry,
    render: () => registry.metrics(),
    contentType: registry.contentType,
  } satisfies Metrics)
}
