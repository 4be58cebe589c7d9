import type { Registry } from 'prom-client'
import { HEALTH_PATHS, type RequestEvent } from '../../lib/http-messages.ts'
import { createCounter, createEnumCounter, createHistogram, type Increment } from './plain-metrics.ts'

export type MetricLabels = {
  /** Fields of the root types, such as `Query.book`. */
  readonly rootFields: readonly string[]
  /** Coordinates with a `@requiresScope` rule. */
  readonly guardedCoordinates: readonly string[]
  /** Values of `extensions.code`. */
  readonly errorCodes: readonly string[]
  readonly rejectionReasons: readonly string[]
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])

/** Registers the request metrics and returns the function that records a finished request. */
export function createRequestRecorder(registry: Registry, labels: MetricLabels) {
  const countRequest = createRequestCounter(registry)
  const observeDuration = createDurationHistogram(registry, labels.rootFields)
  const countError = createEnumCounter(registry, {
    name: 'fakebook_errors_total',
    help: 'Requests answered with an error, by the code of the first one.',
    label: 'code',
    values: [...labels.errorCodes, 'other'],
  })
  const countDeniedField = createEnumCounter(registry, {
    name: 'fakebook_fields_refused_total',
    help: 'Fields requested without the required scopes, by coordinate.',
    label: 'coordinate',
    values: labels.guardedCoordinates,
  })
  const countShedRequest = createEnumCounter(registry, {
    name: 'fakebook_requests_shed_total',
    help: 'Requests rejected by load shedding (load), or by the rate limit of an address or client (rate).',
    label: 'limit',
    values: ['load', 'rate'],
  })
  const countAddedBooks = createCounter(registry, {
    name: 'fakebook_books_added_total',
    help: 'Books added.',
  })()
  return function recordRequest(event: RequestEvent) {
    const { operationInfo, status, routePattern } = event
    countRequest(event)
    // Probes and scrapes would distort the durations of client requests.
    if (HEALTH_PATHS.has(routePattern)) return
    if (status === 429) countShedRequest('rate')
    if (event.isShed) return countShedRequest('load')
    observeDuration(operationInfo.rootFields ?? [], event.durationMs / 1_000)
    if (operationInfo.errorCode !== undefined) countError(operationInfo.errorCode)
    for (const coordinate of operationInfo.deniedCoordinates ?? []) countDeniedField(coordinate)
    if (operationInfo.addedBookIds) countAddedBooks(operationInfo.addedBookIds.length)
  }
}

/** Adds samples on demand: methods, route patterns and statuses are few, and none is chosen by a client. */
function createRequestCounter(registry: Registry): (event: RequestEvent) => void {
  const addSample = createCounter(registry, {
    name: 'fakebook_requests_total',
    help: 'Requests, by method, route pattern (`none` where no route matches) and status.',
  })
  const increments = new Map<string, Increment>()
  return function countRequest({ method: sentMethod, routePattern = 'none', status }) {
    const method = METHODS.has(sentMethod) ? sentMethod : 'other'
    const key = `${method} ${routePattern} ${status}`
    let increment = increments.get(key)
    if (!increment) {
      increment = addSample({ method, route: routePattern, status })
      increments.set(key, increment)
    }
    increment()
  }
}

/** Labels a duration with the operation's root field, or `several`, `introspection`, or `none` where nothing was selected. */
function createDurationHistogram(registry: Registry, rootFields: readonly string[]) {
  const addLabelValue = createHistogram(registry, {
    name: 'fakebook_request_duration_seconds',
    help: 'Time from the request’s headers to the end of the response, by root field.',
    label: 'operation',
  })
  const observers = new Map(rootFields.map((field) => [field, addLabelValue(field)]))
  const several = addLabelValue('several')
  const none = addLabelValue('none')
  const introspection = addLabelValue('introspection')
  return function observeDuration(selected: readonly string[], seconds: number): void {
    const known = selected.length > 1 ? selected.filter((field) => observers.has(field)) : selected
    const observe = known.length > 1 ? several : observers.get(known[0] ?? '')
    if (observe) observe(seconds)
    else if (selected.length > 0) introspection(seconds)
    else none(seconds)
  }
}
