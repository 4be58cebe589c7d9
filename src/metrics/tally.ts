import { Counter, type CounterConfiguration, type Registry } from 'prom-client'

/** Counts once more. */
export type Tick = () => void

/**
 * A counter whose children are plain numbers until somebody asks: the library looks for their labels at each step.
 * @returns what counts by a child with these labels' values, which is there as 0 from now on
 */
export function tallied(
  registry: Registry,
  about: Pick<CounterConfiguration<string>, 'name' | 'help' | 'labelNames'>,
): (...values: string[]) => Tick {
  const tallies: { readonly child: { inc(by: number): void }; count: number }[] = []
  const counter = new Counter({
    ...about,
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
