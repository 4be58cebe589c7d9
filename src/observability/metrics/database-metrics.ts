import type { Registry } from 'prom-client'
import { addLabeledGauge } from './gauges.ts'
import { createEnumCounter, createLazyHistogram } from './lazy-metrics.ts'

type Methods = Readonly<Record<string, (...args: never[]) => unknown>>

export type DatabaseMetricsSources = {
  /** Returns the use of the connection pool. Undefined: SQLite, which has no pool. */
  readonly getPoolUse:
    | (() => { readonly inUse: number; readonly idle: number; readonly waiting: number })
    | undefined
}

/** Returns false for an expected client error. */
type IsFailure = (error: unknown) => boolean

/** Wraps every method of a repository to record its duration and its failures. Results and errors stay the same. */
export type MeasureRepository = <T extends Methods>(repository: T, isFailure: IsFailure) => T

export function addDatabaseMetrics(
  registry: Registry,
  { getPoolUse }: DatabaseMetricsSources,
): { measureRepository: MeasureRepository } {
  addLabeledGauge(registry, {
    name: 'fakebook_store_connections',
    help: 'Connections to PostgreSQL that are in use or idle, and requests waiting for one; none with SQLite.',
    aggregator: 'sum',
    label: 'state',
    read() {
      const use = getPoolUse?.()
      return use ? { in_use: use.inUse, idle: use.idle, waiting: use.waiting } : {}
    },
  })
  return { measureRepository: (repository, isFailure) => measureRepository(registry, repository, isFailure) }
}

function measureRepository<T extends Methods>(registry: Registry, repository: T, isFailure: IsFailure): T {
  const createDuration = createLazyHistogram(registry, {
    name: 'fakebook_store_duration_seconds',
    help: 'Duration of repository calls, including the wait for a connection, by method.',
    label: 'operation',
  })
  const countFailure = createEnumCounter(registry, {
    name: 'fakebook_store_failures_total',
    help: 'Failed repository calls, by method; expected client errors are not counted.',
    label: 'operation',
    values: Object.keys(repository),
  })
  const measured = Object.entries(repository).map(([name, method]) => [
    name,
    measureMethod(method, createDuration(name), (error) => {
      if (isFailure(error)) countFailure(name)
    }),
  ])
  return Object.freeze(Object.fromEntries(measured)) as T
}

/** Keeps a synchronous method synchronous: a promise is awaited only where the method returns one. */
function measureMethod(
  method: Methods[string],
  observe: (seconds: number) => void,
  onError: (error: unknown) => void,
): Methods[string] {
  return function measured(...args) {
    const startMs = performance.now()
    function succeed<Result>(result: Result): Result {
      observe((performance.now() - startMs) / 1_000)
      return result
    }
    function fail(error: unknown): never {
      observe((performance.now() - startMs) / 1_000)
      onError(error)
      throw error
    }
    let result: unknown
    try {
      result = method(...args)
    } catch (error) {
      return fail(error)
    }
    return result instanceof Promise ? result.then(succeed, fail) : succeed(result)
  }
}
