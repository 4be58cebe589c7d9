import { expect, test } from '@jest/globals'
import type { RequestEvent } from '../../../src/lib/http-messages.ts'
import { createMetrics } from '../../../src/observability/metrics/metrics.ts'

const EVENT: RequestEvent = {
  requestId: '1',
  method: 'POST',
  routePattern: '/graphql',
  status: 503,
  durationMs: 1_000,
  operationInfo: {},
}
const UNAVAILABLE = { errorCode: 'SERVICE_UNAVAILABLE' }

type Counts = {
  readonly shedByLoad: number
  readonly shedByRate: number
  readonly errors: number
  readonly durations: number
}
type Row = {
  readonly id: string
  readonly title: string
  readonly event: Partial<RequestEvent>
  readonly counts: Counts
}

const ROWS: readonly Row[] = [
  {
    id: 'metrics/SH1',
    title: 'a request shed before it had an id',
    event: {
      requestId: '',
      routePattern: undefined,
      durationMs: 0,
      operationInfo: UNAVAILABLE,
      isShed: true,
    },
    counts: { shedByLoad: 1, shedByRate: 0, errors: 0, durations: 0 },
  },
  {
    id: 'metrics/SH2',
    title: 'a request shed at its route',
    event: { operationInfo: UNAVAILABLE, isShed: true },
    counts: { shedByLoad: 1, shedByRate: 0, errors: 0, durations: 0 },
  },
  {
    id: 'metrics/SH3',
    title: 'a request that needs an unavailable dependency',
    event: { operationInfo: UNAVAILABLE },
    counts: { shedByLoad: 0, shedByRate: 0, errors: 1, durations: 1 },
  },
  {
    id: 'metrics/SH4',
    title: 'a readiness probe answered with 503',
    event: { routePattern: '/readyz' },
    counts: { shedByLoad: 0, shedByRate: 0, errors: 0, durations: 0 },
  },
  {
    id: 'metrics/SH5',
    title: 'a request over the rate limit of an address',
    event: { status: 429 },
    counts: { shedByLoad: 0, shedByRate: 1, errors: 0, durations: 1 },
  },
  {
    id: 'metrics/SH6',
    title: 'a request over the rate limit of a client',
    event: { status: 429, operationInfo: { errorCode: 'LIMIT_EXCEEDED' } },
    counts: { shedByLoad: 0, shedByRate: 1, errors: 1, durations: 1 },
  },
  {
    id: 'metrics/SH7',
    title: 'a successful request',
    event: { status: 200 },
    counts: { shedByLoad: 0, shedByRate: 0, errors: 0, durations: 1 },
  },
  {
    id: 'metrics/SH8',
    title: 'a request for the IDE page, which is not built',
    event: {},
    counts: { shedByLoad: 0, shedByRate: 0, errors: 0, durations: 1 },
  },
]

test.each(ROWS)('$id counts $title', async ({ event, counts }) => {
  const metrics = createMetrics('0', {
    rejectionReasons: [],
    rootFields: [],
    guardedCoordinates: [],
    errorCodes: ['SERVICE_UNAVAILABLE', 'LIMIT_EXCEEDED'],
  })
  metrics.recordRequest({ ...EVENT, ...event })
  const text = await metrics.render()
  const sumOf = (name: string) =>
    [...text.matchAll(new RegExp(`^${name} (\\d+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    )
  expect({
    shedByLoad: sumOf('fakebook_requests_shed_total{limit="load"}'),
    shedByRate: sumOf('fakebook_requests_shed_total{limit="rate"}'),
    errors: sumOf('fakebook_errors_total{code="[^"]*"}'),
    durations: sumOf('fakebook_request_duration_seconds_count{operation="[^"]*"}'),
  }).toEqual(counts)
  expect(sumOf('fakebook_requests_total{.*}')).toBe(1)
})
