// Counters and histograms made of plain samples, which a scrape exports as they are. prom-client looks up labels and
// buckets by name at each `inc` and `observe`, which takes 2 % of a request's time.

import type { Counter, Registry } from 'prom-client'

type Labels = Readonly<Record<string, string | number>>
type Sample = { readonly metricName?: string; readonly labels: Labels; value: number }
type MetricOptions = { readonly name: string; readonly help: string }
type LabeledOptions = MetricOptions & { readonly label: string }

/** Registers a metric whose samples are read at each scrape. */
function registerMetric(
  registry: Registry,
  type: 'counter' | 'histogram',
  { name, help }: MetricOptions,
  getSamples: () => readonly Sample[],
): void {
  const metric = { name, get: async () => ({ name, help, type, aggregator: 'sum', values: getSamples() }) }
  // A registry uses only `name` and `get` of a metric; its type asks for a class of prom-client.
  registry.registerMetric(metric as unknown as Counter)
}

/** Adds one, or `by`, to a counter. */
export type Increment = (by?: number) => void

/** Creates a counter. The returned function adds a sample with the given labels at 0, and returns its increment. */
export function createCounter(registry: Registry, options: MetricOptions): (labels?: Labels) => Increment {
  const samples: Sample[] = []
  registerMetric(registry, 'counter', options, () => samples)
  return function addSample(labels = {}) {
    const sample = { labels, value: 0 }
    samples.push(sample)
    return function increment(by = 1) {
      sample.value += by
    }
  }
}

/**
 * Creates a counter with one label and a closed list of values. All of them are exported from the start as 0, so that
 * `rate()` sees the first increment, and nothing that a client sends becomes a label.
 * @returns a function that adds one, or `by`, to a value; an unknown one counts as `other` if that is in the list, else not at all
 */
export function createEnumCounter(
  registry: Registry,
  { label, values, ...options }: LabeledOptions & { readonly values: readonly string[] },
): (value: string, by?: number) => void {
  const addSample = createCounter(registry, options)
  const increments = new Map(values.map((value) => [value, addSample({ [label]: value })]))
  return (value, by) => (increments.get(value) ?? increments.get('other'))?.(by)
}

/** Upper bounds, from a cached response to a timeout. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity]

/** The durations of one label value; `counts` by bucket, not cumulative. */
type Durations = { readonly labels: Labels; readonly counts: number[]; sum: number }

/** Creates a histogram of durations. The returned function adds a value of the label, and returns its recorder. */
export function createHistogram(registry: Registry, { label, ...options }: LabeledOptions) {
  const children: Durations[] = []
  registerMetric(registry, 'histogram', options, () =>
    children.flatMap((child) => toSamples(options.name, child)),
  )
  return function addLabelValue(labelValue: string) {
    const child = { labels: { [label]: labelValue }, counts: BUCKETS_SECONDS.map(() => 0), sum: 0 }
    children.push(child)
    return function observe(seconds: number): void {
      const index = BUCKETS_SECONDS.findIndex((bound) => seconds <= bound)
      child.counts[index] = (child.counts[index] ?? 0) + 1
      child.sum += seconds
    }
  }
}

/** Prometheus exposition formats, "Histograms and summaries": buckets are cumulative. */
function toSamples(name: string, { labels, counts, sum }: Durations): Sample[] {
  let count = 0
  const buckets = BUCKETS_SECONDS.map((bound, index) => {
    count += counts[index] ?? 0
    const le = bound === Infinity ? '+Inf' : bound
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
