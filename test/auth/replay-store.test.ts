import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createMemoryReplayStore, REPLAY_RETENTION_MS } from '../../src/auth/replay-store.ts'
import { createRepeatedTimeCheck } from '../../src/lib/clock.ts'
import { createDpopClient, type DpopClient, type ProofOptions } from '../support/dpop-client.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { createTestClock } from '../support/test-clock.ts'
import { REDIS_URL, testWithRedis } from '../support/test-with-redis.ts'
import { waitUntil } from '../support/wait-until.ts'

let issuer: StubIssuer
let client: DpopClient
let token: string
beforeAll(async () => {
  issuer = await startStubIssuer()
  client = await createDpopClient()
  token = await issuer.signToken({ cnf: { jkt: client.jkt } })
})
afterAll(() => issuer.close())

/** The public URL that several processes share. */
const API_URL = 'https://books.example.com'
const start = (settings: Record<string, string>, clock = createTestClock()) =>
  startService({ API_URL, ...settings }, { issuerUrl: issuer.url, clock })
const createProof = (options: Partial<ProofOptions> = {}) =>
  client.createProof({ url: `${API_URL}/books/1`, method: 'GET', token, ...options })
async function send(origin: string, dpop: string) {
  const { status, headers } = await sendRequest(`${origin}/books/1`, {
    headers: { authorization: `DPoP ${token}`, dpop },
  })
  return {
    status,
    nonce: headers.get('dpop-nonce') ?? undefined,
    error: /error="(\w+)"/.exec(headers.get('www-authenticate') ?? '')?.[1],
    retryAfter: headers.get('retry-after'),
  }
}
const sendBearer = async (origin: string) => {
  const authorization = `Bearer ${await issuer.signToken()}`
  return sendRequest(`${origin}/books/1`, { headers: { authorization } })
}

/** Reads the connection to Redis from `/readyz`, which is 200 either way. */
async function isRedisConnected(origin: string): Promise<boolean> {
  const { status, text } = await sendRequest(`${origin}/readyz`)
  expect(status).toBe(200)
  return JSON.parse(text).redis.connected
}

test('requires a nonce, accepts it for one to two minutes, and sends the next one in time', async () => {
  const clock = createTestClock()
  const { apiUrl, close } = await start({ DPOP_NONCE: 'required' }, clock)
  const first = await send(apiUrl, await createProof())
  expect([first.status, first.error]).toEqual([401, 'use_dpop_nonce'])
  const { nonce } = first
  expect(nonce).toMatch(/^[\w-]{22}$/)
  // A nonce proves freshness, whatever the client's clock.
  expect(await send(apiUrl, await createProof({ nonce, iat: 0 }))).toMatchObject({
    status: 200,
    nonce: undefined,
  })
  await clock.advance(60_000)
  const second = await send(apiUrl, await createProof({ nonce }))
  expect([second.status, second.nonce]).toEqual([200, expect.not.stringMatching(nonce ?? '')])
  expect(await send(apiUrl, await createProof({ nonce: second.nonce }))).toMatchObject({
    status: 200,
    nonce: undefined,
  })
  await clock.advance(60_000)
  expect(await send(apiUrl, await createProof({ nonce }))).toMatchObject({
    status: 401,
    error: 'use_dpop_nonce',
  })
  expect(await send(apiUrl, await createProof({ nonce: second.nonce }))).toMatchObject({ status: 200 })
  await close()
})

test('rejects a replayed proof for as long as the proof is valid', async () => {
  const clock = createTestClock()
  const { apiUrl, close } = await start({}, clock)
  const proof = await createProof({ iat: Math.floor(clock.now() / 1000) + 30 })
  expect((await send(apiUrl, proof)).status).toBe(200)
  for (let second = 0; second <= 90; second += 10) {
    expect(await send(apiUrl, proof)).toMatchObject({ status: 401, error: 'invalid_dpop_proof' })
    await clock.advance(10_000)
  }
  await close()
})

test.each(['optional', 'required'])(
  'revives no proof and no nonce when the clock is set back, and requires a nonce (DPOP_NONCE=%s)',
  async (DPOP_NONCE) => {
    const clock = createTestClock()
    const { apiUrl, close } = await start({ DPOP_NONCE }, clock)
    const nonce = DPOP_NONCE === 'required' ? (await send(apiUrl, await createProof())).nonce : undefined
    const proof = await createProof({ nonce, iat: Math.floor(clock.now() / 1000) })
    expect((await send(apiUrl, proof)).status).toBe(200)
    await clock.advance(2 * REPLAY_RETENTION_MS)
    clock.shiftWallClock(-2 * REPLAY_RETENTION_MS)
    const replay = await send(apiUrl, proof)
    expect(replay).toMatchObject({ status: 401, error: 'use_dpop_nonce' })
    expect((await send(apiUrl, await createProof({ nonce: replay.nonce }))).status).toBe(200)
    await close()
  },
)

test('auth/T25dd requires a nonce after the clock was set back, until it shows new times', async () => {
  const clock = createTestClock()
  const { apiUrl, close } = await start({}, clock)
  const sendFresh = async () => send(apiUrl, await createProof({ iat: Math.floor(clock.now() / 1000) }))
  expect((await sendFresh()).status).toBe(200)
  // A wrong jump forwards, and its correction.
  clock.shiftWallClock(600_000)
  expect((await sendFresh()).status).toBe(200)
  clock.shiftWallClock(-600_000)
  expect(await sendFresh()).toMatchObject({ status: 401, error: 'use_dpop_nonce' })
  await clock.advance(629_000)
  expect(await sendFresh()).toMatchObject({ status: 401, error: 'use_dpop_nonce' })
  await clock.advance(2_000)
  expect((await sendFresh()).status).toBe(200)
  // A small adjustment requires none.
  await clock.advance(60_000)
  clock.shiftWallClock(-59_000)
  expect((await sendFresh()).status).toBe(200)
  await close()
})

test('revives no proof however often and however far the clock is set back', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = createSeededRandom(seed)
    const clock = createTestClock()
    const isRepeatedTime = createRepeatedTimeCheck(clock, 60_000)
    /** The monotonic time at which a proof with this `iat` was accepted. */
    const acceptedAt = new Map<number, number>()
    for (let step = 0; step < 2_000; step++) {
      await clock.advance(random.integerBelow(21) * 1_000)
      if (random.chance(0.05)) clock.shiftWallClock((random.integerBelow(1_201) - 600) * 1_000)
      const iat = clock.now() + (random.integerBelow(91) - 60) * 1_000
      if (isRepeatedTime(iat - 30_000)) continue
      const first = acceptedAt.get(iat)
      // An earlier proof with the same `iat` must still be in the replay store.
      expect(first === undefined || clock.monotonicNow() - first < REPLAY_RETENTION_MS).toBe(true)
      acceptedAt.set(iat, first ?? clock.monotonicNow())
    }
  }
})

test('fails closed when the replay store is full, and accepts bearer tokens', async () => {
  const clock = createTestClock()
  const { apiUrl, close } = await start({ DPOP_MEMORY_LIMIT: '1' }, clock)
  expect((await send(apiUrl, await createProof())).status).toBe(200)
  expect(await send(apiUrl, await createProof())).toMatchObject({ status: 503, retryAfter: '5' })
  expect((await sendBearer(apiUrl)).status).toBe(200)
  await clock.advance(2 * REPLAY_RETENTION_MS)
  const proof = await createProof({ iat: Math.floor(clock.now() / 1000) })
  expect((await send(apiUrl, proof)).status).toBe(200)
  await close()
})

test('auth/T25fa answers 429 to a client that fills the replay store, and accepts the proofs of others', async () => {
  const clock = createTestClock()
  const { apiUrl, close } = await start({ DPOP_MEMORY_LIMIT: '12' }, clock)
  async function sendAs(cid: string, sub: string, boundClient = client) {
    const boundToken = await issuer.signToken({ cid, sub, cnf: { jkt: boundClient.jkt } })
    const options = { url: `${API_URL}/books/1`, method: 'GET', token: boundToken }
    const iat = Math.floor(clock.now() / 1000)
    const dpop = await boundClient.createProof({ ...options, iat })
    return sendRequest(`${apiUrl}/books/1`, { headers: { authorization: `DPoP ${boundToken}`, dpop } })
  }
  const getStatus = async (...args: Parameters<typeof sendAs>) => (await sendAs(...args)).status
  for (let i = 0; i < 6; i++) expect(await getStatus('web', 'agatha')).toBe(200)
  const rejected = await sendAs('web', 'agatha')
  expect([rejected.status, rejected.headers.get('retry-after')]).toEqual([429, '180'])
  expect(rejected.json.errors?.[0]?.extensions.code).toBe('LIMIT_EXCEEDED')
  // A token that is bound to another key does not help.
  expect(await getStatus('web', 'agatha', await createDpopClient())).toBe(429)
  expect(await getStatus('web', 'arthur')).toBe(200)
  expect(await getStatus('job', 'agatha')).toBe(200)
  // The store has forgotten half of its entries.
  await clock.advance(REPLAY_RETENTION_MS)
  expect(await getStatus('web', 'agatha')).toBe(200)
  await close()
})

test.each([
  { id: 'auth/T25fb', owners: 1, minFree: 250 },
  { id: 'auth/T25fc', owners: 3, minFree: 60 },
  { id: 'auth/T25fd', owners: 20, minFree: 2 },
])(
  '$id keeps $minFree of 1,000 entries free of $owners owners that add all they can',
  async ({ owners, minFree }) => {
    const clock = createTestClock()
    const store = createMemoryReplayStore(clock, 1_000)
    /** The entries that were added in each generation; the last two are in the store. */
    const added = [0]
    for (let generation = 0; generation < 10; generation++) {
      for (let i = 0; i < 1_000; i++)
        for (let owner = 0; owner < owners; owner++)
          await store.putIfAbsent(`${generation} ${owner} ${i}`, '1', `owner ${owner}`).then(
            () => added.push((added.pop() ?? 0) + 1),
            () => undefined,
          )
      const [last = 0, previous = 0] = added.toReversed()
      expect(1_000 - last - previous).toBeGreaterThanOrEqual(minFree)
      expect(await store.putIfAbsent(`another ${generation}`, '1', 'another')).toBeUndefined()
      added.push(0)
      await clock.advance(REPLAY_RETENTION_MS)
    }
  },
)

test('retains an entry for the retention time, whenever the generations rotate', async () => {
  for (let offset = 0; offset < REPLAY_RETENTION_MS; offset += 10_000) {
    const clock = createTestClock()
    const store = createMemoryReplayStore(clock, 10)
    await store.putIfAbsent('first', '1')
    await clock.advance(offset)
    expect(await store.putIfAbsent('k', 'v')).toBeUndefined()
    await clock.advance(REPLAY_RETENTION_MS - 1)
    expect(await store.putIfAbsent('k', 'w')).toBe('v')
    await clock.advance(3 * REPLAY_RETENTION_MS)
    expect(await store.putIfAbsent('k', 'x')).toBeUndefined()
  }
})

testWithRedis(
  'auth/T25da processes with one Redis accept a proof once among them, and share nonces',
  async () => {
    const settings = { REDIS_URL, DPOP_NONCE: 'required' }
    const [first, second] = [await start(settings), await start(settings)]
    for (const { apiUrl } of [first, second]) await waitUntil(() => isRedisConnected(apiUrl))
    const { nonce } = await send(first.apiUrl, await createProof())
    const proof = await createProof({ nonce })
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) => send(i % 2 === 0 ? first.apiUrl : second.apiUrl, proof)),
    )
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(replies.filter(({ error }) => error === 'invalid_dpop_proof')).toHaveLength(19)
    expect((await send(second.apiUrl, await createProof({ nonce }))).status).toBe(200)
    await first.close()
    await second.close()
  },
)

testWithRedis(
  'auth/T25dc rejects proofs in an outage of Redis, reports it in /readyz, and recovers',
  async () => {
    const proxy = await startTcpProxy(6379, '127.0.0.1')
    const { apiUrl, close } = await start({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` })
    const waitForState = (isConnected: boolean, proofStatus: number) =>
      waitUntil(
        async () =>
          (await isRedisConnected(apiUrl)) === isConnected &&
          (await send(apiUrl, await createProof())).status === proofStatus,
      )
    await waitForState(true, 200)
    proxy.disconnect('closed')
    await waitForState(false, 503)
    proxy.restore()
    await waitForState(true, 200)
    await close()
    await proxy.close()
  },
)

testWithRedis(
  'auth/T25de answers 503 to proofs while Redis hangs, without a further use of it, and recovers',
  async () => {
    const proxy = await startTcpProxy(6379, '127.0.0.1')
    const settings = { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, RATE_LIMIT: '1000000' }
    const { apiUrl, close } = await start(settings)
    const waitForStatus = (status: number) =>
      waitUntil(async () => (await send(apiUrl, await createProof())).status === status)
    await waitForStatus(200)
    proxy.disconnect('silent')
    await waitForStatus(503)
    const countUses = () => proxy.received.match(/\r\n(?:eval|evalsha|set)\r\n/g)?.length
    const uses = countUses()
    for (let i = 0; i < 5; i++) {
      expect(await send(apiUrl, await createProof())).toMatchObject({ status: 503, retryAfter: '5' })
      expect((await sendBearer(apiUrl)).status).toBe(200)
    }
    expect(countUses()).toBe(uses)
    proxy.restore()
    await waitForStatus(200)
    await close()
    await proxy.close()
  },
)

test('auth/T25db answers 503 to proofs without Redis, and accepts bearer tokens', async () => {
  const { apiUrl, close } = await start({ REDIS_URL: 'redis://:hunter2@127.0.0.1:1' })
  expect(await send(apiUrl, await createProof())).toMatchObject({
    status: 503,
    retryAfter: '5',
    error: undefined,
  })
  expect((await sendBearer(apiUrl)).status).toBe(200)
  await close()
})
