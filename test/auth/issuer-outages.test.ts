// Key rotation, outages of the issuer and clock skew, through the API.
import { expect, test } from '@jest/globals'
import { useStubIssuers } from '../support/auth/use-stub-issuers.ts'
import { readMetric, sendRequest } from '../support/service.ts'
import { createSigningKey } from '../support/stub-issuer.ts'
import { waitUntil } from '../support/wait-until.ts'

const { getIssuers, startService } = useStubIssuers()

test('auth/F13 fetches once for 500 concurrent tokens of a rotated key and accepts all', async () => {
  const { issuer, clock } = getIssuers()
  const { sendNewToken } = await startService()
  const newKey = await createSigningKey('k2')
  issuer.state.keys.push(newKey.jwk)
  await clock.advance(31_000)
  const before = issuer.state.jwksRequests
  const statuses = await Promise.all(Array.from({ length: 500 }, () => sendNewToken(newKey)))
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(issuer.state.jwksRequests - before).toBe(1)
})

test('auth/F18 does not hold requests while a fetch hangs', async () => {
  const { issuer, clock } = getIssuers()
  issuer.state.handler = () => undefined
  const { graphql, sendNewToken } = await startService({ KEYS_TIMEOUT: '1000', IN_FLIGHT_LIMIT: '5' })
  // The fetch at start has failed by now. The next one hangs too, but requests do not wait for it.
  await clock.advance(31_000)
  const statuses = await Promise.all(Array.from({ length: 50 }, () => sendNewToken()))
  expect(new Set(statuses)).toEqual(new Set([503]))
  expect((await graphql('{ __typename }')).status).toBe(200)
})

test('auth/F19 rejects cached tokens once the keys are too old', async () => {
  const { issuer, clock } = getIssuers()
  const { send } = await startService({ KEYS_OUTAGE: '1' })
  const token = await issuer.signToken()
  await issuer.close()
  await clock.advance(329_000)
  expect([(await send(token)).status, (await send(token)).status]).toEqual([200, 200])
  await clock.advance(2_000)
  expect((await send(token)).status).toBe(503)
})

test('auth/F14 rejects tokens of a withdrawn key after the next refresh, cached or not', async () => {
  const { issuer, clock } = getIssuers()
  const { send, sendNewToken, readFetchCount } = await startService()
  const token = await issuer.signToken()
  expect([(await send(token)).status, (await send(token)).status]).toEqual([200, 200])
  issuer.state.keys = [(await createSigningKey('k2')).jwk]
  expect((await send(token)).status).toBe(200)
  await clock.advance(331_000)
  await waitUntil(async () => (await readFetchCount('ok')) === 2)
  expect([(await send(token)).status, await sendNewToken()]).toEqual([401, 401])
})

test('auth/F15 rejects the old key after another one gets its id', async () => {
  const { issuer, clock } = getIssuers()
  const { sendNewToken, readFetchCount } = await startService()
  expect(await sendNewToken()).toBe(200)
  const newKey = await createSigningKey('k1')
  issuer.state.keys = [newKey.jwk]
  await clock.advance(331_000)
  await waitUntil(async () => (await readFetchCount('ok')) === 2)
  expect([await sendNewToken(), await sendNewToken(newKey)]).toEqual([401, 200])
})

test('auth/F16 tolerates clocks that differ by up to 30 s', async () => {
  const { issuer, clock } = getIssuers()
  const { send } = await startService()
  const { iat, exp } = issuer.claims
  const getStatus = async (claims: object) => (await send(await issuer.signToken(claims))).status
  const now = Math.floor(clock.now() / 1000)
  expect([await getStatus({ iat: now + 30 }), await getStatus({ iat: now + 32 })]).toEqual([200, 401])
  expect([await getStatus({ nbf: now + 30 }), await getStatus({ nbf: now + 32 })]).toEqual([200, 401])
  expect([await getStatus({ exp: now - 28 }), await getStatus({ exp: now - 31 })]).toEqual([200, 401])
  clock.shiftWallClock((exp - iat + 31) * 1000)
  expect(await getStatus({})).toBe(401)
  clock.shiftWallClock(-4_000_000)
  expect(await getStatus({})).toBe(401)
})

test('auth/F17 accepts known keys for an hour without the issuer, reports their age, then answers 503', async () => {
  const { issuer, clock } = getIssuers()
  const { apiUrl, send } = await startService()
  await issuer.close()
  const countStatuses = async (minutes: number) => {
    const counts = new Map<number, number>()
    for (let i = 0; i < minutes; i++) {
      await clock.advance(60_000)
      // The tokens stay valid: only the keys become old.
      const exp = Math.floor(clock.now() / 1000) + 3600
      const { status } = await send(await issuer.signToken({ exp }))
      counts.set(status, (counts.get(status) ?? 0) + 1)
    }
    return [...counts]
  }
  expect(await countStatuses(60)).toEqual([[200, 60]])
  const ageSeconds = JSON.parse((await sendRequest(`${apiUrl}/readyz`)).text).keys.ageSeconds
  expect(ageSeconds).toBe(3_600)
  expect(Math.trunc(await readMetric(apiUrl, 'fakebook_keys_age_seconds'))).toBe(3_600)
  await countStatuses(10)
  expect(await countStatuses(20)).toEqual([[503, 20]])
  expect((await sendRequest(`${apiUrl}/readyz`)).status).toBe(503)
  await issuer.reopen()
  await clock.advance(120_000)
  await waitUntil(async () => (await sendRequest(`${apiUrl}/readyz`)).status === 200)
  expect(await countStatuses(1)).toEqual([[200, 1]])
})
