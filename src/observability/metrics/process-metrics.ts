import { performance } from 'node:perf_hooks'
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import { addGauge, addLabeledGauge } from './gauges.ts'

/** Values of a running server that are read at each scrape. */
export type ServerGauges = {
  /** Returns, for each dependency, true when it is available. */
  readonly checkDependencies: () => Promise<Readonly<Record<string, boolean>>>
  /** Returns the number of requests in progress. */
  readonly countInFlight: () => number
  /** Returns the number of open connections to the server. */
  readonly countConnections: () => Promise<number>
  readonly getKeySet: () => { readonly size: number; readonly ageSeconds: number }
  readonly countCachedTokens: () => number
}

/** Adds metrics of the process: memory, CPU, event loop, garbage collection, version. */
export function addProcessMetrics(registry: Registry, version: string): void {
  collectDefaultMetrics({ register: registry })
  let previous = performance.eventLoopUtilization()
  addGauge(registry, {
    name: 'fakebook_event_loop_utilization',
    help: 'Share of the time since the last scrape in which the event loop was busy, 0 to 1.',
    aggregator: 'max',
    read() {
      const current = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(current, previous)
      previous = current
      return utilization
    },
  })
  new Gauge({
    name: 'fakebook_build_info',
    help: 'Always 1; the labels are the versions of the API and of Node.',
    aggregator: 'first',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1)
}

/** Adds gauges of the server: requests, connections, keys, cached tokens and the availability of its dependencies. */
export function addServerGauges(registry: Registry, gauges: ServerGauges): void {
  const { checkDependencies, countInFlight, countConnections, getKeySet, countCachedTokens } = gauges
  addGauge(registry, {
    name: 'fakebook_requests_in_flight',
    help: 'Requests in progress.',
    aggregator: 'sum',
    read: countInFlight,
  })
  addGauge(registry, {
    name: 'fakebook_connections',
    help: 'Open connections to the API.',
    aggregator: 'sum',
    read: countConnections,
  })
  addLabeledGauge(registry, {
    name: 'fakebook_ready',
    help: 'Availability of each dependency of the API: 1 or 0.',
    aggregator: 'min',
    label: 'part',
    async read() {
      const dependencies = Object.entries(await checkDependencies())
      return Object.fromEntries(dependencies.map(([name, isAvailable]) => [name, isAvailable ? 1 : 0]))
    },
  })
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
}
