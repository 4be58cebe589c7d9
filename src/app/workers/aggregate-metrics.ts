import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'
import { addGauge } from '../../observability/metrics/gauges.ts'
import { createKeyFetchCounter } from '../../observability/metrics/token-metrics.ts'

/** One process's numbers, as data. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

export type AggregateMetrics = {
  /** The numbers of all processes, as Prometheus' text. */
  readonly render: (snapshots: readonly MetricsSnapshot[]) => Promise<string>
  /** Keeps what an ended process has counted: a sum that falls would look like a start from nothing. */
  readonly addEndedWorker: (last: MetricsSnapshot) => Promise<void>
  readonly countKeyFetch: (outcome: 'ok' | 'failed') => void
}

/** What only grows; all else ends with its process. */
const COUNTED: ReadonlySet<string> = new Set(['counter', 'histogram'])

/**
 * Adds up the numbers of several processes, each as its row says: sums, but the oldest keys, the busiest loop, the part that
 * somebody cannot have.
 * @param countWorkers how many of them serve
 */
export function createAggregateMetrics(countWorkers: () => number): AggregateMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  addGauge(registry, {
    name: 'fakebook_workers',
    help: 'Processes that serve, with WORKERS above 1.',
    aggregator: 'sum',
    read: countWorkers,
  })
  const keysFetched = createKeyFetchCounter(registry)
  let retired: MetricsSnapshot = []
  // One after another: two that end at once must not each be added to the same sum.
  let retiring = Promise.resolve()
  const added = (all: readonly MetricsSnapshot[]) => AggregatorRegistry.aggregate([...all])
  return {
    async render(all) {
      await retiring
      return added([...all, retired, await own(registry)]).metrics()
    },
    addEndedWorker(last) {
      retiring = retiring.then(async () => {
        const counted = last.filter(({ type }) => COUNTED.has(String(type)))
        retired = await added([retired, counted]).getMetricsAsJSON()
      })
      return retiring
    },
    countKeyFetch: keysFetched,
  }
}

/** This process serves nobody: what it takes of the machine counts, and its idle event loop does not. */
const own = async (registry: Registry): Promise<MetricsSnapshot> =>
  (await registry.getMetricsAsJSON()).filter(({ name }) => !name.startsWith('nodejs_'))
