import { performance } from 'node:perf_hooks'
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import { addGauge, addLabeledGauge } from './gauges.ts'

export type ProcessMetricsSources = {
  readonly version: string
  /** Returns, for each dependency, true when it is available. */
  readonly checkDependencies: () => Promise<Readonly<Record<string, boolean>>>
  /** Returns the number of requests in progress. */
  readonly countInFlight: () => number
  /** Returns the number of open connections to the server. */
  readonly countConnections: () => Promise<number>
}

/** Adds metrics of the process (memory, CPU, event loop, garbage collection), its connections, readiness and version. */
export function addProcessMetrics(registry: Registry, sources: ProcessMetricsSources): void {
  const { version, checkDependencies, countInFlight, countConnections } = sources
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
  new Gauge({
    name: 'fakebook_build_info',
    help: 'Always 1; the labels are the versions of the API and of Node.',
    aggregator: 'first',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1)
}
