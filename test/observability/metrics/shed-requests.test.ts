import { expect, test } from '@jest/globals'
import type { Observed } from '../../../src/lib/http-messages.ts'
import { createMetrics } from '../../../src/observability/metrics/metrics.ts'

const EXCHANGE: Observed = { id: '1', method: 'POST', route: '/graphql', status: 503, seconds: 1, about: {} }
const AWAY = { code: 'SERVICE_UNAVAILABLE' }

/** What ended how, and what is counted of it: turned away for load, for its rate, told as an error, timed. */
const ROWS: readonly (readonly [string, Partial<Observed>, readonly [number, number, number, number]])[] = [
  ['SH1 refused before it had an id', { id: '', route: undefined, seconds: 0, about: AWAY }, [1, 0, 0, 0]],
  ['SH2 refused at its route', {}, [1, 0, 0, 0]],
  ['SH3 a part is away', { about: AWAY }, [0, 0, 1, 1]],
  ['SH4 not ready', { route: '/readyz' }, [0, 0, 0, 0]],
  ['SH5 too many from one address', { status: 429 }, [0, 1, 0, 1]],
  ['SH6 too many of one client', { status: 429, about: { code: 'LIMIT_EXCEEDED' } }, [0, 1, 1, 1]],
  ['SH7 answered', { status: 200 }, [0, 0, 0, 1]],
]
test.each(ROWS)('%s', async (_, exchange, expected) => {
  const metrics = createMetrics({
    version: '0',
    ready: async () => ({}),
    connections: async () => 0,
    inFlight: () => 0,
    pool: undefined,
    reasons: [],
    keys: () => ({ size: 0, age: 0 }),
    rememberedTokens: () => 0,
  })
  const codes = ['SERVICE_UNAVAILABLE', 'LIMIT_EXCEEDED']
  metrics.requests({ operations: [], guarded: [], codes })({ ...EXCHANGE, ...exchange })
  const text = await metrics.text()
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
