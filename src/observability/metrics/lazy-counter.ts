import { Counter, type CounterConfiguration, type Histogram, type Registry } from 'prom-client'

/** Counts once more. */
export type Increment = () => void

/**
 * A counter whose children are plain numbers until somebody asks: the library looks for their labels at each step.
 * @returns what counts by a child with these labels' values, which is there as 0 from now on
 */
export function createLazyCounter(
  registry: Registry,
  options: Pick<CounterConfiguration<string>, 'name' | 'help' | 'labelNames'>,
): (...values: string[]) => Increment {
  const tallies: { readonly child: { inc(by: number): void }; count: number }[] = []
  const counter = new Counter({
    ...options,
    registers: [registry],
    collect() {
      for (const tally of tallies) {
        tally.child.inc(tally.count)
        tally.count = 0
      }
    },
  })
  return function child(...values) {
    const tally = { child: counter.labels(...values), count: 0 }
    tallies.push(tally)
    return function tick() {
      tally.count += 1
    }
  }
}

/** How long something took, seconds. */
type Observe = (seconds: number) => void

/**
 * A histogram in the shape that the library asks for when it is asked, and plain numbers until then: to look for labels
 * and buckets by name is a fiftieth of a request.
 * @param options its buckets' upper ends rise
 * @returns what observes by a child with this label's value, which is there with zeros from now on
 */
export function createLazyHistogram(
  registry: Registry,
  options: {
    readonly name: string
    readonly help: string
    readonly label: string
    readonly buckets: readonly number[]
  },
): (value: string) => Observe {
  const { name, help, label, buckets } = options
  const children: Child[] = []
  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: children.flatMap((child) => exported(name, buckets, child)),
    }),
    reset() {
      for (const child of children) Object.assign(child, { counts: buckets.map(() => 0), count: 0, sum: 0 })
    },
  }
  // The registry asks its metrics for no more than this, but says that they are its own.
  registry.registerMetric(metric as unknown as Histogram)
  return function childOf(value) {
    const child: Child = { labels: { [label]: value }, counts: buckets.map(() => 0), count: 0, sum: 0 }
    children.push(child)
    return function observe(seconds) {
      const at = buckets.findIndex((end) => seconds <= end)
      if (at >= 0) child.counts[at] = (child.counts[at] ?? 0) + 1
      child.count += 1
      child.sum += seconds
    }
  }
}

type Child = {
  readonly labels: Readonly<Record<string, string>>
  /** By bucket; what is longer than the last is in none. */
  readonly counts: number[]
  count: number
  sum: number
}

/** Prometheus' exposition formats, "Histograms and summaries": each bucket has what is in those below, too. */
function exported(name: string, buckets: readonly number[], { labels, counts, count, sum }: Child) {
  let below = 0
  const bucket = (le: number | string, value: number) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  })
  return [
    ...buckets.map((end, i) => {
      below += counts[i] ?? 0
      return bucket(end, below)
    }),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
    { metricName: `${name}_count`, labels: { ...labels }, value: count },
  ]
}
