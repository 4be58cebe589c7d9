import type { Registry } from 'prom-client'
import { createLazyCounter } from './lazy-counter.ts'

/** What counts one value of a closed list; `other`, if it is in the list, stands for what is not. */
export type IncrementLabel = (value: string) => void

/**
 * A counter with one label whose values are all known: what has not happened yet is there as 0, so that a rise from
 * nothing can be seen, and what somebody sends becomes none of them.
 */
export function createEnumCounter(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  values: readonly string[],
): IncrementLabel {
  const child = createLazyCounter(registry, { name, help, labelNames: [label] })
  const known = new Map(values.map((value) => [value, child(value)]))
  return (value) => (known.get(value) ?? known.get('other'))?.()
}
