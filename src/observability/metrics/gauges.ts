import { type Aggregator, Gauge, type Registry } from 'prom-client'

/** What the numbers of several processes are together: their sum, or the one that matters. */
export type Together = Extract<Aggregator, 'sum' | 'max' | 'min'>

/** A number that is looked up when somebody asks for it. */
export function addGauge(
  registry: Registry,
  name: string,
  help: string,
  aggregator: Together,
  value: () => number | Promise<number>,
): void {
  new Gauge({
    name,
    help,
    aggregator,
    registers: [registry],
    async collect() {
      this.set(await value())
    },
  })
}

/** Several of a kind, by one label whose values are names of ours. */
export function addGauges(
  registry: Registry,
  name: string,
  help: string,
  aggregator: Together,
  label: string,
  values: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>,
): void {
  new Gauge({
    name,
    help,
    aggregator,
    labelNames: [label],
    registers: [registry],
    async collect() {
      for (const [one, value] of Object.entries(await values())) this.set({ [label]: one }, value)
    },
  })
}
