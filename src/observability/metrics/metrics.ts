import { Registry } from 'prom-client'
import type { RequestEvent } from '../../lib/http-messages.ts'
import {
  addDatabaseMetrics,
  type DatabaseMetricsSources,
  type MeasureRepository,
} from './database-metrics.ts'
import { addProcessMetrics, type ProcessMetricsSources } from './process-metrics.ts'
import { addRequestMetrics, type RequestMetricLabels } from './request-metrics.ts'
import { addTokenMetrics, type TokenMetricsSources } from './token-metrics.ts'

type Sources = ProcessMetricsSources & DatabaseMetricsSources & TokenMetricsSources

export type Metrics = ReturnType<typeof addTokenMetrics> & {
  /** Once: what is told of each exchange as it ended. */
  readonly addRequestMetrics: (lists: RequestMetricLabels) => (exchange: RequestEvent) => void
  /** Once: puts a clock around what keeps things. */
  readonly measureRepository: MeasureRepository
  /** Prometheus' text format. */
  readonly render: () => Promise<string>
  readonly contentType: string
  /** Holds the metrics, for aggregation over worker processes. */
  readonly registry: Registry
}

/** The service's numbers, named as Prometheus asks, in one registry for each server. */
export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry()
  // Looked up in this order: whether the store is there is found out over a connection, which is not to be counted.
  const store = addDatabaseMetrics(registry, sources)
  addProcessMetrics(registry, sources)
  return Object.freeze({
    ...addTokenMetrics(registry, sources),
    ...store,
    addRequestMetrics: (lists) => addRequestMetrics(registry, lists),
    render: () => registry.metrics(),
    contentType: registry.contentType,
    registry,
  } satisfies Metrics)
}
