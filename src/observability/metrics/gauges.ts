import { type Aggregator, Gauge, type Registry } from 'prom-client'

/** What the numbers of several processes are together: their sum, or the one that matters. */
export type GaugeAggregator = Extract<Aggregator, 'sum' | 'max' | 'min'>

/** A number that is looked up when somebody asks for it. */
export function addGauge(
  registry: Registry,
  name: string,
  help: string,
  aggregator: GaugeAggregator,
  readValue: () => number | Promise<number>,
): void {
  new Gauge({
    name,
    help,
    aggregator,
    registers: [registry],
    async collect() {
      this.set(await readValue())
    },
  })
}

/** Several of a kind, by one label whose values are names of ours. */
export function addLabeledGauge(
  registry: Registry,
  name: string,
  help: string,
  aggregator: GaugeAggregator,
  label: string,
  readValues: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>,
): void {
  new Gauge({
    name,
    help,
    aggregator,
    labelNames: [label],
    registers: [registry],
    async collect() {
      for (const [one, value] of Object.entries(await readValues())) this.set({ [label]: one }, value)
    },
  })
}
