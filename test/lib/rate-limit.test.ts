import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { normalizeAddress, toAddressKey } from '../../src/lib/client-address.ts'
import { type ConsumeRateLimit, createRateLimit } from '../../src/lib/rate-limit.ts'
import { connectToRedis } from '../../src/lib/redis-client.ts'
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
const start = (settings: Record<string, string>) => startService(settings, { issuerUrl: issuer.url })
/** Returns an address for documentation (RFC 3849) in a random network, which no other test run uses. */
const createAddress = () => `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`
const sendFrom = (address: string, apiUrl: string, headers: Record<string, string> = {}) =>
  sendRequest(`${apiUrl}/books/1`, { headers: { 'x-forwarded-for': address, ...headers } })
const BEHIND_PROXY = { TRUSTED_PROXIES: '127.0.0.1' }
const getCode = ({ json }: HttpReply) => json.errors?.[0]?.extensions.code
const getRateLimitHeaders = ({ headers }: HttpReply) => [
  headers.get('ratelimit-policy'),
  headers.get('ratelimit'),
]

test('rate-limit/R01 answers 429 past the limit of an address, and sends the remaining requests in every response', async () => {
  const { apiUrl, close } = await start({ RATE_LIMIT: '2' })
  const replies = []
  for (let i = 0; i < 3; i++) replies.push(await sendRequest(`${apiUrl}/books/1`))
  expect(replies.map(({ status }) => status)).toEqual([401, 401, 429])
  replies.forEach((reply, i) => {
    const [policy, usage] = getRateLimitHeaders(reply)
    expect(policy).toBe('"address";q=2;w=60')
    expect(usage).toMatch(new RegExp(`^"address";r=${[1, 0, 0][i]};t=(?:[1-5]?\\d|60)$`))
  })
  const [, , rejected] = replies
  expect(rejected && getCode(rejected)).toBe('LIMIT_EXCEEDED')
  expect(Number(rejected?.headers.get('retry-after'))).toBeGreaterThan(0)
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const health = await sendRequest(`${apiUrl}${path}`)
    expect([health.status, ...getRateLimitHeaders(health)]).toEqual([200, null, null])
  }
  await close()
})

test('rate-limit/R02 answers 429 past the limit of a client, whatever its token, and serves other clients', async () => {
  const { apiUrl, close } = await start({ CLIENT_RATE_LIMIT: '2', RATE_LIMIT: '100' })
  const send = async (cid: string) => postBody(`${apiUrl}/graphql`, QUERY, await issuer.signToken({ cid }))
  const replies = [await send('one'), await send('one'), await send('one')]
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429])
  for (const [i, reply] of replies.entries()) {
    const [policy, usage] = getRateLimitHeaders(reply)
    expect(policy).toBe('"address";q=100;w=60, "client";q=2;w=60')
    expect(usage).toMatch(new RegExp(`^"address";r=${99 - i};t=\\d+, "client";r=${[1, 0, 0][i]};t=\\d+$`))
  }
  expect(replies.map(getCode)).toEqual([undefined, undefined, 'LIMIT_EXCEEDED'])
  expect(Number(replies[2]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await send('other')).status).toBe(200)
  // An anonymous request has no client.
  expect((await sendRequest(`${apiUrl}/books/1`)).headers.get('ratelimit-policy')).toBe(
    '"address";q=100;w=60',
  )
  await close()
})

test('rate-limit/R03 sends no rate limit headers without a limit', async () => {
  const { apiUrl, close } = await start({})
  expect(getRateLimitHeaders(await sendRequest(`${apiUrl}/books/1`))).toEqual([null, null])
  await close()
})

test('rate-limit/R04 counts the forwarded address behind a trusted proxy only', async () => {
  const behindProxy = await start({ RATE_LIMIT: '1', ...BEHIND_PROXY })
  const [first, second] = [createAddress(), createAddress()]
  const getStatus = async (address: string) => (await sendFrom(address, behindProxy.apiUrl)).status
  expect(await getStatus(first)).toBe(401)
  expect(await getStatus(first)).toBe(429)
  // Another address in the same network.
  expect(await getStatus(first.replace('::1', '::2'))).toBe(429)
  expect(await getStatus(second)).toBe(401)
  // Addresses that a client sends precede the one that the proxy adds.
  expect(await getStatus(`${createAddress()}, ${second}`)).toBe(429)
  await behindProxy.close()
  const withoutProxy = await start({ RATE_LIMIT: '1', TRUSTED_PROXIES: '192.0.2.1' })
  expect((await sendFrom(first, withoutProxy.apiUrl)).status).toBe(401)
  expect((await sendFrom(second, withoutProxy.apiUrl)).status).toBe(429)
  await withoutProxy.close()
})

testWithRedis(
  'rate-limit/R05 two processes with one Redis count together, by address and by client',
  async () => {
    const settings = { REDIS_URL, RATE_LIMIT: '4', CLIENT_RATE_LIMIT: '2', ...BEHIND_PROXY }
    const services = [await start(settings), await start(settings)]
    const address = createAddress()
    const authorization = `Bearer ${await issuer.signToken({ cid: randomUUID() })}`
    const send = (index: number, headers: Record<string, string>) =>
      sendFrom(address, services[index]?.apiUrl ?? '', headers)
    const replies = []
    for (const index of [0, 1, 1, 0]) replies.push(await send(index, { authorization }))
    for (const index of [0, 1]) replies.push(await send(index, {}))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429, 429, 429, 429])
    expect(replies.map(({ headers }) => headers.get('ratelimit')?.includes('"client"'))).toEqual([
      ...[true, true, true, true],
      ...[false, false],
    ])
    for (const { close } of services) await close()
  },
)

testWithRedis(
  'rate-limit/R06 each process counts alone in an outage of Redis, and together again after it',
  async () => {
    const proxy = await startTcpProxy(6379, '127.0.0.1')
    const clock = createTestClock()
    const log = { error: () => undefined, info: () => undefined }
    const redis = connectToRedis(`redis://127.0.0.1:${proxy.port}`, 1_000, log)
    const waitForConnection = (isConnected: boolean) =>
      waitUntil(async () => redis.isConnected() === isConnected)
    await waitForConnection(true)
    const createLimit = () =>
      createRateLimit({ name: 'address', maxPerMinute: 2, redisClient: redis.client, clock })
    const [first, second] = [createLimit(), createLimit()]
    const key = randomUUID()
    const getRemaining = async (consume: ConsumeRateLimit) =>
      (await consume(key)).headers.ratelimit.split(';')[1]
    const isAllowed = async (consume: ConsumeRateLimit) => (await consume(key)).isAllowed
    expect([await getRemaining(first), await getRemaining(second)]).toEqual(['r=1', 'r=0'])
    proxy.disconnect('closed')
    await waitForConnection(false)
    expect([await getRemaining(first), await getRemaining(first), await getRemaining(second)]).toEqual([
      'r=1',
      'r=0',
      'r=1',
    ])
    expect(await isAllowed(first)).toBe(false)
    proxy.restore()
    await waitForConnection(true)
    expect([await isAllowed(first), await isAllowed(second)]).toEqual([false, false])
    redis.close()
    await proxy.close()
  },
)

test('rate-limit/R07 serves and limits requests without its Redis', async () => {
  const { apiUrl, close } = await start({ REDIS_URL: 'redis://127.0.0.1:1', RATE_LIMIT: '1' })
  expect((await sendRequest(`${apiUrl}/books/1`)).status).toBe(401)
  expect((await sendRequest(`${apiUrl}/books/1`)).status).toBe(429)
  await close()
})

test('rate-limit/R08 bounds its memory: new keys share one count beyond 100,000', async () => {
  const clock = createTestClock()
  const consume = createRateLimit({ name: 'address', maxPerMinute: 2, redisClient: undefined, clock })
  for (let i = 0; i < 100_000; i++) await consume(`name ${i}`)
  const results = [await consume('a'), await consume('b'), await consume('c')]
  expect(results.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false])
  expect((await consume('name 7')).isAllowed).toBe(true)
  await clock.advance(120_000)
  expect((await consume('c')).isAllowed).toBe(true)
})

/** Addresses as proxies forward them. Ids never change. */
const FORWARDED = [
  { id: 'rate-limit/R25', title: 'a port', forwarded: ['192.0.2.7:51234', '192.0.2.7:51235'] },
  { id: 'rate-limit/R26', title: 'a port of IPv6', forwarded: ['[2001:db8::1]:443', '[2001:db8::1]:444'] },
  {
    id: 'rate-limit/R27',
    title: 'a trusted proxy with a port',
    forwarded: ['192.0.2.7, 10.0.0.2:51234', '192.0.2.7, 10.0.0.3:51235'],
  },
  { id: 'rate-limit/R28', title: 'a zone', forwarded: ['fe80::1%a.b', 'fe80::2%c-d'] },
  {
    id: 'rate-limit/R29',
    title: 'no addresses',
    forwarded: ['unknown', '_hidden', '1.2.3.4.5', '[::1', '%'],
  },
]
test.each(FORWARDED)('$id counts one client that is forwarded with $title', async ({ forwarded }) => {
  const { apiUrl, close } = await start({ RATE_LIMIT: '1', TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' })
  const statuses = []
  for (const address of forwarded) statuses.push((await sendFrom(address, apiUrl)).status)
  expect(statuses).toEqual([401, ...forwarded.slice(1).map(() => 429)])
  // Another client
  expect((await sendFrom('192.0.2.8, 10.0.0.2:51234', apiUrl)).status).toBe(401)
  await close()
})

test.each([
  { id: 'rate-limit/R10', address: '192.0.2.7', key: '192.0.2.7' },
  { id: 'rate-limit/R11', address: '2001:db8:1:2:3:4:5:6', key: '2001:db8:1:2' },
  { id: 'rate-limit/R12', address: '2001:db8::1', key: '2001:db8:0:0' },
  { id: 'rate-limit/R13', address: '2001:0DB8:0000::9', key: '2001:db8:0:0' },
  { id: 'rate-limit/R14', address: '::1', key: '0:0:0:0' },
  { id: 'rate-limit/R15', address: '::ffff:192.0.2.7', key: '192.0.2.7' },
  { id: 'rate-limit/R16', address: 'fe80::1%eth0', key: 'fe80:0:0:0' },
  { id: 'rate-limit/R18', address: '::ffff:c0a8:1', key: '192.168.0.1' },
  { id: 'rate-limit/R19', address: '0:0:0:0:0:FFFF:a00:00ff', key: '10.0.0.255' },
  { id: 'rate-limit/R20', address: '192.0.2.7:51234', key: '192.0.2.7' },
  { id: 'rate-limit/R21', address: '[2001:db8:1:2::3]:443', key: '2001:db8:1:2' },
  { id: 'rate-limit/R22', address: '192.0.2.7:port', key: 'others' },
  { id: 'rate-limit/R23', address: '::ffff:1:192.0.2.7', key: '0:0:0:0' },
  { id: 'rate-limit/R24', address: '64:ff9b::192.0.2.7', key: '64:ff9b:0:0' },
  { id: 'rate-limit/R17', address: 'unknown', key: 'others' },
  { id: 'rate-limit/R30', address: '::1%a.b', key: '0:0:0:0' },
  { id: 'rate-limit/R31', address: '[::ffff:192.0.2.7]:443', key: '192.0.2.7' },
])('$id counts $address as $key', ({ address, key }) => {
  expect(toAddressKey(normalizeAddress(address))).toBe(key)
})
