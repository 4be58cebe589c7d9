import { Registry } from 'prom-client'
import type { Observed } from '../../lib/http-messages.ts'
import type { Numbers } from './aggregate.ts'
import { type StoreSources, storeMetrics, type Timed } from './database-metrics.ts'
import { addProcessMetrics, type ProcessSources } from './process-metrics.ts'
import { type ClosedLists, requestMetrics } from './request-metrics.ts'
import { type TokenSources, tokenMetrics } from './token-metrics.ts'

type Sources = ProcessSources & StoreSources & TokenSources

export type Metrics = ReturnType<typeof tokenMetrics> & {
  /** Once: what is told of each exchange as it ended. */
  readonly requests: (lists: ClosedLists) => (exchange: Observed) => void
  /** Once: puts a clock around what keeps things. */
  readonly timed: Timed
  /** Prometheus' text format. */
  readonly text: () => Promise<string>
  readonly contentType: string
  /** The same as data, for who adds up the numbers of several processes. */
  readonly numbers: () => Promise<Numbers>
}

/** The service's numbers, named as Prometheus asks, in one registry for each server. */
export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry()
  // Looked up in this order: whether the store is there is found out over a connection, which is not to be counted.
  const store = storeMetrics(registry, sources)
  addProcessMetrics(registry, sources)
  return Object.freeze({
    ...tokenMetrics(registry, sources),
    ...store,
    requests: (lists) => requestMetrics(registry, lists),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    numbers: () => registry.getMetricsAsJSON(),
  } satisfies Metrics)
}
