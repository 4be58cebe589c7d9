import { Histogram, type Registry } from 'prom-client'
import { closedCounter } from './closed.ts'
import { addGauges } from './gauges.ts'
import { SECONDS } from './seconds.ts'

type Functions = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>

export type StoreSources = {
  /** Connections to a database server; undefined where it is a file. */
  readonly pool:
    | (() => { readonly inUse: number; readonly idle: number; readonly waiting: number })
    | undefined
}

/** Whether what was thrown is a failure, not a no on purpose. */
type IsFailure = (error: unknown) => boolean

/** Puts a clock around each function of what keeps things; it answers and throws as before. */
export type Timed = <T extends Functions>(store: T, isFailure: IsFailure) => T

export function storeMetrics(registry: Registry, { pool }: StoreSources): { timed: Timed } {
  addGauges(
    registry,
    'fakebook_store_connections',
    'Connections to PostgreSQL in use and idle, and requests that wait for one; none with SQLite.',
    'sum',
    'state',
    () => {
      const use = pool?.()
      return use ? { in_use: use.inUse, idle: use.idle, waiting: use.waiting } : {}
    },
  )
  return { timed: (store, isFailure) => timed(registry, store, isFailure) }
}

function timed<T extends Functions>(registry: Registry, store: T, isFailure: IsFailure): T {
  const names = Object.keys(store)
  const histogram = new Histogram({
    name: 'fakebook_store_duration_seconds',
    help: 'How long the book store took, the wait for a connection included, by what it was asked.',
    labelNames: ['operation'],
    buckets: SECONDS,
    registers: [registry],
  })
  const countFailure = closedCounter(
    registry,
    'fakebook_store_failures_total',
    'What the book store was asked and could not do; a no on purpose is not counted.',
    'operation',
    names,
  )
  for (const operation of names) histogram.zero({ operation })
  const around = ([name, work]: [string, Functions[string]]) => {
    const taken = histogram.labels(name)
    return [
      name,
      async (...args: never[]) => {
        const start = performance.now()
        try {
          return await work(...args)
        } catch (error) {
          if (isFailure(error)) countFailure(name)
          throw error
        } finally {
          taken.observe((performance.now() - start) / 1_000)
        }
      },
    ]
  }
  return Object.freeze(Object.fromEntries(Object.entries(store).map(around))) as T
}
