// How often somebody may ask: by address and by client, in one copy, in two that share Redis, and while Redis is away.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createRedisReplayStore } from '../../src/auth/redis-replay-store.ts'
import { type ConsumeRateLimit, createRateLimit, toAddressKey } from '../../src/lib/rate-limit.ts'
import { type HttpReply, postBody, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { createTestClock } from '../support/test-clock.ts'
import { REDIS_URL, testWithRedis } from '../support/test-with-redis.ts'
import { waitUntil } from '../support/wait-until.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const QUERY = JSON.stringify({ query: '{ book(id: 1) { title } }' })
const start = (settings: Record<string, string>) => startService(settings, issuer.url)
/** An address that no other run has; documentation's own (RFC 3849), under a network of its own. */
const newAddress = () => `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`
const from = (api: string, address: string, headers: Record<string, string> = {}) =>
  sendRequest(`${api}/books/1`, { headers: { 'x-forwarded-for': address, ...headers } })
const PROXIED = { TRUSTED_PROXIES: '127.0.0.1' }
const codeOf = ({ json }: HttpReply) => json.errors?.[0]?.extensions.code
const countsOf = ({ headers }: HttpReply) => [headers.get('ratelimit-policy'), headers.get('ratelimit')]

test('R01 past the limit of an address: 429, and every answer says what is left', async () => {
  const { apiUrl, close } = await start({ RATE_LIMIT: '2' })
  const replies = []
  for (let i = 0; i < 3; i++) replies.push(await sendRequest(`${apiUrl}/books/1`))
  expect(replies.map(({ status }) => status)).toEqual([401, 401, 429])
  replies.forEach((reply, i) => {
    const [policy, left] = countsOf(reply)
    expect(policy).toBe('"address";q=2;w=60')
    expect(left).toMatch(new RegExp(`^"address";r=${[1, 0, 0][i]};t=(?:[1-5]?\\d|60)$`))
  })
  const [, , refused] = replies
  expect(refused && codeOf(refused)).toBe('LIMIT_EXCEEDED')
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const health = await sendRequest(`${apiUrl}${path}`)
    expect([health.status, ...countsOf(health)]).toEqual([200, null, null])
  }
  await close()
})

test('R02 past the limit of a client: 429 whatever its token, and others go on', async () => {
  const { apiUrl, close } = await start({ CLIENT_RATE_LIMIT: '2', RATE_LIMIT: '100' })
  const ask = async (cid: string) => postBody(`${apiUrl}/graphql`, QUERY, await issuer.signToken({ cid }))
  const replies = [await ask('one'), await ask('one'), await ask('one')]
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429])
  for (const [i, reply] of replies.entries()) {
    const [policy, left] = countsOf(reply)
    expect(policy).toBe('"address";q=100;w=60, "client";q=2;w=60')
    expect(left).toMatch(new RegExp(`^"address";r=${99 - i};t=\\d+, "client";r=${[1, 0, 0][i]};t=\\d+$`))
  }
  expect(replies.map(codeOf)).toEqual([undefined, undefined, 'LIMIT_EXCEEDED'])
  expect(Number(replies[2]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await ask('other')).status).toBe(200)
  // Who is nobody is no client.
  expect((await sendRequest(`${apiUrl}/books/1`)).headers.get('ratelimit-policy')).toBe(
    '"address";q=100;w=60',
  )
  await close()
})

test('R03 without a limit no header speaks of one', async () => {
  const { apiUrl, close } = await start({})
  expect(countsOf(await sendRequest(`${apiUrl}/books/1`))).toEqual([null, null])
  await close()
})

test('R04 behind a trusted proxy the client’s address counts, from anybody else what it forwards does not', async () => {
  const behind = await start({ RATE_LIMIT: '1', ...PROXIED })
  const [one, other] = [newAddress(), newAddress()]
  expect((await from(behind.apiUrl, one)).status).toBe(401)
  expect((await from(behind.apiUrl, one)).status).toBe(429)
  // The same customer's next address.
  expect((await from(behind.apiUrl, one.replace('::1', '::2'))).status).toBe(429)
  expect((await from(behind.apiUrl, other)).status).toBe(401)
  // What a client put there itself stands before what the proxy added.
  expect((await from(behind.apiUrl, `${newAddress()}, ${other}`)).status).toBe(429)
  await behind.close()
  const open = await start({ RATE_LIMIT: '1', TRUSTED_PROXIES: '192.0.2.1' })
  expect((await from(open.apiUrl, one)).status).toBe(401)
  expect((await from(open.apiUrl, other)).status).toBe(429)
  await open.close()
})

testWithRedis('R05 two copies with one Redis count together, by address and by client', async () => {
  const settings = { REDIS_URL, RATE_LIMIT: '4', CLIENT_RATE_LIMIT: '2', ...PROXIED }
  const copies = [await start(settings), await start(settings)]
  const address = newAddress()
  const authorization = `Bearer ${await issuer.signToken({ cid: randomUUID() })}`
  const ask = (copy: number, headers: Record<string, string>) =>
    from(copies[copy]?.apiUrl ?? '', address, headers)
  const replies = []
  for (const copy of [0, 1, 1, 0]) replies.push(await ask(copy, { authorization }))
  for (const copy of [0, 1]) replies.push(await ask(copy, {}))
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429, 429, 429, 429])
  expect(replies.map(({ headers }) => headers.get('ratelimit')?.includes('"client"'))).toEqual([
    ...[true, true, true, true],
    ...[false, false],
  ])
  for (const { close } of copies) await close()
})

testWithRedis(
  'R06 while Redis is away each copy counts by itself, and together again once it is back',
  async () => {
    const proxy = await startTcpProxy(6379, '127.0.0.1')
    const clock = createTestClock()
    const redis = createRedisReplayStore(`redis://127.0.0.1:${proxy.port}`, 1_000, () => undefined)
    const comes = (connected: boolean) => waitUntil(async () => redis.isConnected() === connected)
    await comes(true)
    const limit = () => createRateLimit({ name: 'address', perMinute: 2, store: redis.client, clock })
    const [one, other] = [limit(), limit()]
    const who = randomUUID()
    const left = async (copy: ConsumeRateLimit) => (await copy(who)).headers.ratelimit.split(';')[1]
    const allowed = async (copy: ConsumeRateLimit) => (await copy(who)).isAllowed
    expect([await left(one), await left(other)]).toEqual(['r=1', 'r=0'])
    proxy.disconnect('closed')
    await comes(false)
    expect([await left(one), await left(one), await left(other)]).toEqual(['r=1', 'r=0', 'r=1'])
    expect(await allowed(one)).toBe(false)
    proxy.restore()
    await comes(true)
    // A store that was away is not asked again at once.
    expect(await allowed(other)).toBe(true)
    await clock.advance(1_000)
    expect([await allowed(one), await allowed(other)]).toEqual([false, false])
    redis.close()
    await proxy.close()
  },
)

test('R07 the service without its Redis serves, and limits', async () => {
  const { apiUrl, close } = await start({ REDIS_URL: 'redis://127.0.0.1:1', RATE_LIMIT: '1' })
  expect((await sendRequest(`${apiUrl}/books/1`)).status).toBe(401)
  expect((await sendRequest(`${apiUrl}/books/1`)).status).toBe(429)
  await close()
})

test('R08 names without end take memory with an end: newcomers count together', async () => {
  const clock = createTestClock()
  const limit = createRateLimit({ name: 'address', perMinute: 2, store: undefined, clock })
  for (let i = 0; i < 100_000; i++) await limit(`name ${i}`)
  const newcomers = [await limit('a'), await limit('b'), await limit('c')]
  expect(newcomers.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false])
  expect((await limit('name 7')).isAllowed).toBe(true)
  await clock.advance(120_000)
  expect((await limit('c')).isAllowed).toBe(true)
})

/** Under whose name an address is counted. */
const NAMES: readonly (readonly [id: string, address: string, name: string])[] = [
  ['R10', '192.0.2.7', '192.0.2.7'],
  ['R11', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['R12', '2001:db8::1', '2001:db8:0:0'],
  ['R13', '2001:0DB8:0000::9', '2001:db8:0:0'],
  ['R14', '::1', '0:0:0:0'],
  ['R15', '::ffff:192.0.2.7', '192.0.2.7'],
  ['R16', 'fe80::1%eth0', 'fe80:0:0:0'],
  ['R17', 'unknown', 'others'],
]
test.each(NAMES)('%s %s is %s', (_, address, name) => {
  expect(toAddressKey(address)).toBe(name)
})
