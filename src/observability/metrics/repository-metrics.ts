import type { Registry } from 'prom-client'
import { ApiError } from '../../errors/api-error.ts'
import { observeCall } from '../observe-call.ts'
import { createEnumCounter, createHistogram } from './plain-metrics.ts'

type Methods = Readonly<Record<string, (...args: never[]) => unknown>>

/** Wraps every method of a repository to record its duration and its failures. Results and errors stay the same. */
export function measureRepository<Repository extends Methods>(registry: Registry, repository: Repository) {
  const addDuration = createHistogram(registry, {
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
  function measure(name: string, method: Methods[string]): Methods[string] {
    const recordDuration = addDuration(name)
    return function measured(...args) {
      const startMs = performance.now()
      const recordEnd = () => recordDuration((performance.now() - startMs) / 1_000)
      return observeCall(
        () => method(...args),
        recordEnd,
        (error) => {
          recordEnd()
          if (isFailure(error)) countFailure(name)
        },
      )
    }
  }
  const measured = Object.entries(repository).map(([name, method]) => [name, measure(name, method)])
  return Object.freeze(Object.fromEntries(measured)) as Repository
}

/** Client errors are expected; an outage or a fault of the database is a failure. */
const isFailure = (error: unknown) => !(error instanceof ApiError) || error.details.status >= 500
