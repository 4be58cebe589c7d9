import { performance } from 'node:perf_hooks'
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import { addGauge, addLabeledGauge } from './gauges.ts'

export type ProcessMetricsSources = {
  readonly version: string
  /** By part, whether it can be had. */
  readonly checkDependencies: () => Promise<Readonly<Record<string, boolean>>>
  /** Requests under way in the server. */
  readonly countInFlight: () => number
  /** Open connections to the server. */
  readonly countConnections: () => Promise<number>
}

/** The process itself: memory, CPU, event loop, garbage, connections, what it needs, what it is. */
export function addProcessMetrics(registry: Registry, sources: ProcessMetricsSources): void {
  const { version, checkDependencies, countInFlight, countConnections } = sources
  collectDefaultMetrics({ register: registry })
  let before = performance.eventLoopUtilization()
  addGauge(
    registry,
    'fakebook_event_loop_utilization',
    'The share of time that the event loop was busy since it was last asked, 0 to 1.',
    'max',
    () => {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, before)
      before = now
      return utilization
    },
  )
  addGauge(registry, 'fakebook_requests_in_flight', 'Requests under way now.', 'sum', countInFlight)
  addGauge(registry, 'fakebook_connections', 'Open connections to the API.', 'sum', countConnections)
  addLabeledGauge(
    registry,
    'fakebook_ready',
    'Whether a part that the API needs can be had: 1 or 0.',
    'min',
    'part',
    async () =>
      Object.fromEntries(Object.entries(await checkDependencies()).map(([part, is]) => [part, is ? 1 : 0])),
  )
  new Gauge({
    name: 'fakebook_build_info',
    help: 'Always 1; its labels tell what runs.',
    aggregator: 'first',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1)
}
