import type { Registry } from 'prom-client'
import { DURATION_BUCKETS_SECONDS } from './buckets.ts'
import { createEnumCounter } from './enum-counter.ts'
import { addLabeledGauge } from './gauges.ts'
import { createLazyHistogram } from './lazy-counter.ts'

type Functions = Readonly<Record<string, (...args: never[]) => unknown>>

export type DatabaseMetricsSources = {
  /** Connections to a database server; undefined where it is a file. */
  readonly getPoolUse:
    | (() => { readonly inUse: number; readonly idle: number; readonly waiting: number })
    | undefined
}

/** Whether what was thrown is a failure, not a no on purpose. */
type IsFailure = (error: unknown) => boolean

/** Puts a clock around each function of what keeps things; it answers and throws as before. */
export type MeasureRepository = <T extends Functions>(repository: T, isFailure: IsFailure) => T

export function addDatabaseMetrics(
  registry: Registry,
  { getPoolUse }: DatabaseMetricsSources,
): { measureRepository: MeasureRepository } {
  addLabeledGauge(
    registry,
    'fakebook_store_connections',
    'Connections to PostgreSQL in use and idle, and requests that wait for one; none with SQLite.',
    'sum',
    'state',
    () => {
      const use = getPoolUse?.()
      return use ? { in_use: use.inUse, idle: use.idle, waiting: use.waiting } : {}
    },
  )
  return { measureRepository: (store, isFailure) => timed(registry, store, isFailure) }
}

function timed<T extends Functions>(registry: Registry, store: T, isFailure: IsFailure): T {
  const names = Object.keys(store)
  const child = createLazyHistogram(registry, {
    name: 'fakebook_store_duration_seconds',
    help: 'How long the book store took, the wait for a connection included, by what it was asked.',
    label: 'operation',
    buckets: DURATION_BUCKETS_SECONDS,
  })
  const countFailure = createEnumCounter(
    registry,
    'fakebook_store_failures_total',
    'What the book store was asked and could not do; a no on purpose is not counted.',
    'operation',
    names,
  )
  const around = ([name, work]: [string, Functions[string]]) => [
    name,
    timedStep(work, child(name), (error) => isFailure(error) && countFailure(name)),
  ]
  return Object.freeze(Object.fromEntries(Object.entries(store).map(around))) as T
}

/** A step that answers at once is timed at once: it gets no promise for being timed. */
function timedStep(
  work: Functions[string],
  took: (seconds: number) => void,
  failed: (error: unknown) => void,
): Functions[string] {
  return function timedWork(...args) {
    const start = performance.now()
    const end = () => took((performance.now() - start) / 1_000)
    function fail(error: unknown): never {
      failed(error)
      end()
      throw error
    }
    function finish(answer: unknown): unknown {
      end()
      return answer
    }
    let answer: unknown
    try {
      answer = work(...args)
    } catch (error) {
      return fail(error)
    }
    return answer instanceof Promise ? answer.then(finish, fail) : finish(answer)
  }
}
