import { Gauge, type Registry } from 'prom-client'

/** A number that is looked up when somebody asks for it. */
export function addGauge(
  registry: Registry,
  name: string,
  help: string,
  value: () => number | Promise<number>,
): void {
  new Gauge({
    name,
    help,
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
  label: string,
  values: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      for (const [one, value] of Object.entries(await values())) this.set({ [label]: one }, value)
    },
  })
}
