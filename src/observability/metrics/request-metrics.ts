import { Counter, type Registry } from 'prom-client'
import { HEALTH_PATHS, type RequestEvent } from '../../lib/http-messages.ts'
import { DURATION_BUCKETS_SECONDS } from './buckets.ts'
import { createEnumCounter } from './enum-counter.ts'
import { createLazyCounter, createLazyHistogram, type Increment } from './lazy-counter.ts'

/** What a request's labels can be: all that is counted of what somebody sends. */
export type RequestMetricLabels = {
  /** The root's fields, as `Query.book`. */
  readonly rootFields: readonly string[]
  /** The coordinates that have a rule. */
  readonly guardedCoordinates: readonly string[]
  /** What `extensions.code` can be. */
  readonly errorCodes: readonly string[]
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
const UNAVAILABLE = 503
const TOO_MANY = 429

/** @returns what is told of each exchange as it ended */
export function addRequestMetrics(
  registry: Registry,
  labels: RequestMetricLabels,
): (exchange: RequestEvent) => void {
  const countRequest = requestCounter(registry)
  const time = operationTimer(registry, labels.rootFields)
  const countErrors = createEnumCounter(
    registry,
    'fakebook_errors_total',
    'Requests whose answer tells of an error, by the first one’s code.',
    'code',
    [...labels.errorCodes, 'other'],
  )
  const countField = createEnumCounter(
    registry,
    'fakebook_fields_refused_total',
    'Places of the schema that a caller asked for without the scopes.',
    'coordinate',
    labels.guardedCoordinates,
  )
  const countShed = createEnumCounter(
    registry,
    'fakebook_requests_shed_total',
    'Requests turned away unseen: too many at once (load), or from one address or client (rate).',
    'limit',
    ['load', 'rate'],
  )
  const added = new Counter({
    name: 'fakebook_books_added_total',
    help: 'Books that were added.',
    registers: [registry],
  })
  return function observe(exchange) {
    const { operationInfo, status, routePattern } = exchange
    countRequest(exchange)
    // Counted, and no more, so as not to hide what callers wait for.
    if (HEALTH_PATHS.has(routePattern)) return
    if (status === TOO_MANY) countShed('rate')
    if (isShed(exchange)) return countShed('load')
    time(operationInfo.rootFields ?? [], exchange.durationSeconds)
    if (operationInfo.errorCode !== undefined) countErrors(operationInfo.errorCode)
    for (const coordinate of operationInfo.deniedCoordinates ?? []) countField(coordinate)
    if (operationInfo.addedBookIds) added.inc(operationInfo.addedBookIds.length)
  }
}

/** A part that is away has a code, too; what was turned away at the door has none, or had not even an id. */
const isShed = ({ status, requestId, operationInfo }: RequestEvent) =>
  status === UNAVAILABLE && (operationInfo.errorCode === undefined || requestId === '')

/** Each triple's own tally is looked up: methods, routes and statuses are ours, and few. */
function requestCounter(registry: Registry): (exchange: RequestEvent) => void {
  const child = createLazyCounter(registry, {
    name: 'fakebook_requests_total',
    help: 'Requests, by method, by the route’s pattern (`none` where there is none) and by status.',
    labelNames: ['method', 'route', 'status'],
  })
  const known = new Map<string, Increment>()
  return ({ method: sent, routePattern = 'none', status }) => {
    const method = METHODS.has(sent) ? sent : 'other'
    const key = `${method} ${routePattern} ${status}`
    let tick = known.get(key)
    if (!tick) {
      tick = child(method, routePattern, String(status))
      known.set(key, tick)
    }
    tick()
  }
}

/** By the one field that is asked for; the schema's description is `introspection`, and what asks for no field `none`. */
function operationTimer(registry: Registry, operations: readonly string[]) {
  const child = createLazyHistogram(registry, {
    name: 'fakebook_request_duration_seconds',
    help: 'How long requests took from their headers to the end of their answer, by what they asked for.',
    label: 'operation',
    buckets: DURATION_BUCKETS_SECONDS,
  })
  const known = new Map(operations.map((operation) => [operation, child(operation)]))
  const [several, none, introspection] = [child('several'), child('none'), child('introspection')]
  return function time(asked: readonly string[], seconds: number): void {
    const [first, ...others] = asked.length < 2 ? asked : asked.filter((one) => known.has(one))
    const one = known.get(first ?? '')
    if (others.length > 0) several(seconds)
    else if (one) one(seconds)
    else (asked.length > 0 ? introspection : none)(seconds)
  }
}
