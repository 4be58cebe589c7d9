import { type Aggregator, Gauge, type Registry } from 'prom-client'

/** A gauge whose value is read at each scrape. */
type GaugeOptions<Value> = {
  readonly name: string
  readonly help: string
  /** Combines the values of several workers (WORKERS above 1). */
  readonly aggregator: Aggregator
  readonly read: () => Value | Promise<Value>
}

export function addGauge(registry: Registry, { name, help, aggregator, read }: GaugeOptions<number>): void {
  new Gauge({
    name,
    help,
    aggregator,
    registers: [registry],
    async collect() {
      this.set(await read())
    },
  })
}

/** Adds a gauge with one label. `read` returns a value for each value of the label. */
export function addLabeledGauge(
  registry: Registry,
  options: GaugeOptions<Readonly<Record<string, number>>> & { readonly label: string },
): void {
  const { name, help, aggregator, label, read } = options
  new Gauge({
    name,
    help,
    aggregator,
    labelNames: [label],
    registers: [registry],
    async collect() {
      for (const [labelValue, value] of Object.entries(await read())) this.set({ [label]: labelValue }, value)
    },
  })
}
