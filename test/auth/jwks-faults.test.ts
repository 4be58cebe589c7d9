// The issuer does everything but answer well: what the API says to tokens meanwhile, and how it comes back.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { HANGING_FAULT_IDS, JWKS_FAULTS } from '../cases/auth/jwks-faults.ts'
import { readMetric, type Service, sendRequest, startService } from '../support/service.ts'
import { createSigningKey, type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTestClock } from '../support/test-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const QUERY = '{ book(id: 1) { title } }'
let issuer: StubIssuer
let other: StubIssuer
let service: Service
let clock: ReturnType<typeof createTestClock>
beforeEach(async () => {
  issuer = await startStubIssuer()
  other = await startStubIssuer()
  clock = createTestClock()
})
afterEach(async () => {
  await service.close()
  await issuer.close()
  await other.close()
})

const start = async (settings: Record<string, string> = {}) => {
  service = await startService(settings, issuer.url, clock)
}
let serial = 0
/** The status that a token gets that nobody has seen before. */
const status = async (key?: Awaited<ReturnType<typeof createSigningKey>>) =>
  (await service.graphql(QUERY, await issuer.signToken({ jti: `${serial++}` }, {}, undefined, key))).status
const well = async () => {
  issuer.state.handler = undefined
  await issuer.reopen().catch(() => undefined)
}
const counted = (outcome: 'ok' | 'failed') =>
  readMetric(service.apiUrl, `fakebook_key_fetches_total{outcome="${outcome}"}`)

describe.each(JWKS_FAULTS)('%s the issuer %s', (id, _, fault) => {
  // What hangs ends by the clock on the wall.
  const settings: Record<string, string> = HANGING_FAULT_IDS.includes(id) ? { KEYS_TIMEOUT: '1000' } : {}

  test('at the start: 503 and Retry-After until it is well', async () => {
    await fault(issuer, other)
    await start(settings)
    const reply = await service.graphql(QUERY, await issuer.signToken())
    expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([503, null])
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await sendRequest(`${service.apiUrl}/readyz`)).status).toBe(503)
    expect(await counted('failed')).toBe(1)
    await well()
    await clock.advance(2_000)
    await waitUntil(async () => (await status()) === 200)
    expect((await sendRequest(`${service.apiUrl}/readyz`)).status).toBe(200)
    expect(other.state.jwksRequests).toBe(0)
  })

  test('later on: known keys serve, unknown ones cannot be told, and the next good answer counts', async () => {
    await start(settings)
    const stranger = await createSigningKey('k2')
    await fault(issuer, other)
    await clock.advance(31_000)
    // Nobody could look whether the issuer has that key.
    expect([await status(stranger), await status(), await counted('failed')]).toEqual([503, 200, 1])
    issuer.state.keys.push(stranger.jwk)
    await well()
    await clock.advance(31_000)
    await waitUntil(async () => (await status(stranger)) === 200)
    expect(await status()).toBe(200)
    expect(other.state.jwksRequests).toBe(0)
  })
})

test('F13 rotated: 500 first tokens of a new key, at once, cause one fetch and are all let in', async () => {
  await start()
  const next = await createSigningKey('k2')
  issuer.state.keys.push(next.jwk)
  await clock.advance(31_000)
  const before = issuer.state.jwksRequests
  const statuses = await Promise.all(Array.from({ length: 500 }, () => status(next)))
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(issuer.state.jwksRequests - before).toBe(1)
})

test('F18 an issuer that hangs holds one request, not all that come', async () => {
  issuer.state.handler = () => undefined
  await start({ KEYS_TIMEOUT: '1000', IN_FLIGHT_LIMIT: '5' })
  // The start has failed by now; the next fetch hangs too, and nobody waits for it.
  await clock.advance(31_000)
  const statuses = await Promise.all(Array.from({ length: 50 }, () => status()))
  expect(new Set(statuses)).toEqual(new Set([503]))
  expect((await service.graphql('{ __typename }')).status).toBe(200)
})

test('F19 what is remembered ends with the keys', async () => {
  await start({ KEYS_OUTAGE: '1' })
  const token = await issuer.signToken()
  const ask = async () => (await service.graphql(QUERY, token)).status
  await issuer.close()
  await clock.advance(329_000)
  expect([await ask(), await ask()]).toEqual([200, 200])
  await clock.advance(2_000)
  expect(await ask()).toBe(503)
})

test('F14 withdrawn: at the next refresh nothing that the key signed is let in, remembered or not', async () => {
  await start()
  const token = await issuer.signToken()
  const ask = async () => (await service.graphql(QUERY, token)).status
  expect([await ask(), await ask()]).toEqual([200, 200])
  issuer.state.keys = [(await createSigningKey('k2')).jwk]
  expect(await ask()).toBe(200)
  await clock.advance(331_000)
  await waitUntil(async () => (await counted('ok')) === 2)
  expect([await ask(), await status()]).toEqual([401, 401])
})

test('F15 the same id with another key: the old one is gone', async () => {
  await start()
  expect(await status()).toBe(200)
  const next = await createSigningKey('k1')
  issuer.state.keys = [next.jwk]
  await clock.advance(331_000)
  await waitUntil(async () => (await counted('ok')) === 2)
  expect([await status(), await status(next)]).toEqual([401, 200])
})

test('F16 clocks that differ: half a minute is nothing, more is', async () => {
  await start()
  const { iat, exp } = issuer.claims
  const ask = async (changes: object) =>
    (await service.graphql(QUERY, await issuer.signToken(changes))).status
  const now = Math.floor(clock.now() / 1000)
  expect([await ask({ iat: now + 30 }), await ask({ iat: now + 32 })]).toEqual([200, 401])
  expect([await ask({ nbf: now + 30 }), await ask({ nbf: now + 32 })]).toEqual([200, 401])
  expect([await ask({ exp: now - 28 }), await ask({ exp: now - 31 })]).toEqual([200, 401])
  clock.shiftWallClock((exp - iat + 31) * 1000)
  expect(await ask({})).toBe(401)
  clock.shiftWallClock(-4_000_000)
  expect(await ask({})).toBe(401)
})

test('F17 an hour without the issuer: every request with a known key is let in; after it 503, and the age is told', async () => {
  await start()
  await issuer.close()
  const seen = new Map<number, number>()
  const look = async (minutes: number) => {
    seen.clear()
    for (let i = 0; i < minutes; i++) {
      await clock.advance(60_000)
      // The expiry moves with the clock: it is the keys that grow old here.
      const exp = Math.floor(clock.now() / 1000) + 3600
      const { status } = await service.graphql(QUERY, await issuer.signToken({ exp }))
      seen.set(status, (seen.get(status) ?? 0) + 1)
    }
    return [...seen]
  }
  expect(await look(60)).toEqual([[200, 60]])
  const age = JSON.parse((await sendRequest(`${service.apiUrl}/readyz`)).text).keys.ageSeconds
  expect(age).toBe(3_600)
  expect(Math.trunc(await readMetric(service.apiUrl, 'fakebook_keys_age_seconds'))).toBe(3_600)
  await look(10)
  expect(await look(20)).toEqual([[503, 20]])
  expect((await sendRequest(`${service.apiUrl}/readyz`)).status).toBe(503)
  await issuer.reopen()
  await clock.advance(120_000)
  await waitUntil(async () => (await sendRequest(`${service.apiUrl}/readyz`)).status === 200)
  expect(await look(1)).toEqual([[200, 1]])
})
