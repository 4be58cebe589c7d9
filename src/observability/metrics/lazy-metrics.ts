// Counters and histograms that hold plain numbers until a scrape. prom-client looks up labels and buckets by name at each
// `inc` and `observe`, which takes 2 % of a request's time.

import { Counter, type CounterConfiguration, type Histogram, type Registry } from 'prom-client'

/** Adds one to a counter. */
export type Increment = () => void

/** Creates a counter. The returned function adds a child with the given label values at 0, and returns its increment. */
export function createLazyCounter(
  registry: Registry,
  options: Pick<CounterConfiguration<string>, 'name' | 'help' | 'labelNames'>,
): (...labelValues: string[]) => Increment {
  const children: { readonly counter: Counter.Internal; count: number }[] = []
  const counter = new Counter({
    ...options,
    registers: [registry],
    collect() {
      for (const child of children) {
        child.counter.inc(child.count)
        child.count = 0
      }
    },
  })
  return function createChild(...labelValues) {
    const child = { counter: counter.labels(...labelValues), count: 0 }
    children.push(child)
    return function increment() {
      child.count += 1
    }
  }
}

/** Adds one to the counter of a label value. An unknown value counts as `other` if that is in the list, else not at all. */
export type IncrementLabel = (value: string) => void

type EnumCounterOptions = {
  readonly name: string
  readonly help: string
  readonly label: string
  readonly values: readonly string[]
}

/**
 * Creates a counter with one label and a closed list of values. All of them are exported from the start as 0, so that
 * `rate()` sees the first increment, and nothing that a client sends becomes a label.
 */
export function createEnumCounter(registry: Registry, options: EnumCounterOptions): IncrementLabel {
  const { name, help, label, values } = options
  const createChild = createLazyCounter(registry, { name, help, labelNames: [label] })
  const increments = new Map(values.map((value) => [value, createChild(value)]))
  return (value) => (increments.get(value) ?? increments.get('other'))?.()
}

/** Upper bounds, from a cached response to a timeout. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Records a duration in a histogram. */
type Observe = (seconds: number) => void

/** The observations of one label value. */
type HistogramChild = {
  readonly labels: Readonly<Record<string, string>>
  /** By bucket, not cumulative. A duration above the last bound is in none. */
  readonly counts: number[]
  count: number
  sum: number
}

/** Creates a histogram. The returned function adds a child with the given label value, and returns its observe. */
export function createLazyHistogram(
  registry: Registry,
  { name, help, label }: { readonly name: string; readonly help: string; readonly label: string },
): (labelValue: string) => Observe {
  const children: HistogramChild[] = []
  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: children.flatMap((child) => exportHistogram(name, child)),
    }),
    reset() {
      for (const child of children) Object.assign(child, { counts: emptyCounts(), count: 0, sum: 0 })
    },
  }
  // `get`, `name` and `reset` are all that a registry uses of a metric; its type asks for a Histogram.
  registry.registerMetric(metric as unknown as Histogram)
  return function createChild(labelValue) {
    const child: HistogramChild = { labels: { [label]: labelValue }, counts: emptyCounts(), count: 0, sum: 0 }
    children.push(child)
    return function observe(seconds) {
      const index = BUCKETS_SECONDS.findIndex((bound) => seconds <= bound)
      if (index >= 0) child.counts[index] = (child.counts[index] ?? 0) + 1
      child.count += 1
      child.sum += seconds
    }
  }
}

const emptyCounts = () => BUCKETS_SECONDS.map(() => 0)

/** Prometheus exposition formats, "Histograms and summaries": buckets are cumulative. */
function exportHistogram(name: string, { labels, counts, count, sum }: HistogramChild) {
  let cumulative = 0
  const bucket = (le: number | string, value: number) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  })
  return [
    ...BUCKETS_SECONDS.map((bound, index) => {
      cumulative += counts[index] ?? 0
      return bucket(bound, cumulative)
    }),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
    { metricName: `${name}_count`, labels: { ...labels }, value: count },
  ]
}
