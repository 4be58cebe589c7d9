import { expect, test } from '@jest/globals'
import type { RequestEvent } from '../../../src/lib/http-messages.ts'
import { createMetrics } from '../../../src/observability/metrics/metrics.ts'

const EXCHANGE: RequestEvent = {
  requestId: '1',
  method: 'POST',
  routePattern: '/graphql',
  status: 503,
  durationSeconds: 1,
  operationInfo: {},
}
const AWAY = { errorCode: 'SERVICE_UNAVAILABLE' }

/** What ended how, and what is counted of it: turned away for load, for its rate, told as an error, timed. */
const ROWS: readonly (readonly [string, Partial<RequestEvent>, readonly [number, number, number, number]])[] =
  [
    [
      'SH1 refused before it had an id',
      { requestId: '', routePattern: undefined, durationSeconds: 0, operationInfo: AWAY },
      [1, 0, 0, 0],
    ],
    ['SH2 refused at its route', {}, [1, 0, 0, 0]],
    ['SH3 a part is away', { operationInfo: AWAY }, [0, 0, 1, 1]],
    ['SH4 not ready', { routePattern: '/readyz' }, [0, 0, 0, 0]],
    ['SH5 too many from one address', { status: 429 }, [0, 1, 0, 1]],
    [
      'SH6 too many of one client',
      { status: 429, operationInfo: { errorCode: 'LIMIT_EXCEEDED' } },
      [0, 1, 1, 1],
    ],
    ['SH7 answered', { status: 200 }, [0, 0, 0, 1]],
  ]
test.each(ROWS)('%s', async (_, exchange, expected) => {
  const metrics = createMetrics({
    version: '0',
    checkDependencies: async () => ({}),
    countConnections: async () => 0,
    countInFlight: () => 0,
    getPoolUse: undefined,
    rejectionReasons: [],
    getKeySet: () => ({ size: 0, ageSeconds: 0 }),
    countCachedTokens: () => 0,
  })
  const codes = ['SERVICE_UNAVAILABLE', 'LIMIT_EXCEEDED']
  metrics.addRequestMetrics({ rootFields: [], guardedCoordinates: [], errorCodes: codes })({
    ...EXCHANGE,
    ...exchange,
  })
  const text = await metrics.render()
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name} (\\d+)$`, 'gm'))].reduce(
      (all, [, value]) => all + Number(value),
      0,
    )
  expect([
    sum('fakebook_requests_shed_total{limit="load"}'),
    sum('fakebook_requests_shed_total{limit="rate"}'),
    sum('fakebook_errors_total{code="[^"]*"}'),
    sum('fakebook_request_duration_seconds_count{operation="[^"]*"}'),
  ]).toEqual(expected)
  expect(sum('fakebook_requests_total{.*}')).toBe(1)
})
