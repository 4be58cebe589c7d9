import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'
import { addGauge } from './gauges.ts'
import { keyFetchCounter } from './token-metrics.ts'

/** One process's numbers, as data. */
export type Numbers = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

export type WholeMetrics = {
  /** The numbers of all processes, as Prometheus' text. */
  readonly text: (all: readonly Numbers[]) => Promise<string>
  /** Keeps what an ended process has counted: a sum that falls would look like a start from nothing. */
  readonly retire: (last: Numbers) => Promise<void>
  readonly keysFetched: (outcome: 'ok' | 'failed') => void
}

/** What only grows; all else ends with its process. */
const COUNTED: ReadonlySet<string> = new Set(['counter', 'histogram'])

/**
 * Adds up the numbers of several processes, each as its row says: sums, but the oldest keys, the busiest loop, the part that
 * somebody cannot have.
 * @param serving how many of them serve
 */
export function wholeMetrics(serving: () => number): WholeMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  addGauge(registry, 'fakebook_workers', 'Processes that serve, with WORKERS above 1.', 'sum', serving)
  const keysFetched = keyFetchCounter(registry)
  let retired: Numbers = []
  // One after another: two that end at once must not each be added to the same sum.
  let retiring = Promise.resolve()
  const added = (all: readonly Numbers[]) => AggregatorRegistry.aggregate([...all])
  return {
    async text(all) {
      await retiring
      return added([...all, retired, await own(registry)]).metrics()
    },
    retire(last) {
      retiring = retiring.then(async () => {
        const counted = last.filter(({ type }) => COUNTED.has(String(type)))
        retired = await added([retired, counted]).getMetricsAsJSON()
      })
      return retiring
    },
    keysFetched,
  }
}

/** This process serves nobody: what it takes of the machine counts, and its idle event loop does not. */
const own = async (registry: Registry): Promise<Numbers> =>
  (await registry.getMetricsAsJSON()).filter(({ name }) => !name.startsWith('nodejs_'))
