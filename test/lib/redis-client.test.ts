import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { createRedisReplayStore } from '../../src/auth/replay-store.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { createRateLimit } from '../../src/lib/rate-limit.ts'
import { connectToRedis } from '../../src/lib/redis-client.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { createTestClock } from '../support/test-clock.ts'
import { testWithRedis } from '../support/test-with-redis.ts'
import { waitUntil } from '../support/wait-until.ts'

const TIMEOUT_MS = 200

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Connects to the port and creates the uses of the connection: two rate limits, as of two processes, and a replay store. */
async function connect(port: number) {
  const lines: string[] = []
  const redis = connectToRedis(`redis://127.0.0.1:${port}`, TIMEOUT_MS, {
    error: (error) => lines.push(error instanceof Error ? error.message : String(error)),
    info: (message) => lines.push(message),
  })
  cleanups.push(redis.close)
  const nextEvent = (name: 'ready' | 'close') =>
    new Promise<void>((resolve) => redis.client.once(name, () => resolve()))
  await nextEvent('ready')
  const store = createRedisReplayStore(redis)
  const key = randomUUID()
  const createCount = () => {
    const clock = createTestClock()
    const consume = createRateLimit({
      name: 'address',
      maxPerMinute: 1_000,
      redisClient: redis.client,
      clock,
    })
    return async () => Number(/r=(\d+)/.exec((await consume(key)).headers.ratelimit)?.[1])
  }
  return {
    ...redis,
    lines,
    nextEvent,
    /** Each counts a request and returns how many remain. */
    counts: [createCount(), createCount()] as const,
    /** Stores a proof and returns the code of the error, if any. */
    storeProof: async () =>
      store.putIfAbsent(randomUUID(), '1').then(
        () => undefined,
        (error) => error instanceof ApiError && error.details.code,
      ),
  }
}

async function connectThroughProxy() {
  const proxy = await startTcpProxy(6379, '127.0.0.1')
  cleanups.push(proxy.close)
  return { proxy, ...(await connect(proxy.port)) }
}

/** Counts the commands of requests, without those of the handshake. */
const countCommands = ({ received }: TcpProxy) => received.match(/\r\n(?:eval|evalsha|set)\r\n/g)?.length

const createMany = <Value>(create: () => Value) => Array.from({ length: 50 }, create)

testWithRedis('redis/H01 a hang fails the commands in flight, and no further ones are sent', async () => {
  const { proxy, counts, storeProof } = await connectThroughProxy()
  const [count] = counts
  expect([await count(), await storeProof()]).toEqual([999, undefined])
  proxy.disconnect('silent')
  const inFlight = { counts: createMany(count), proofs: createMany(storeProof) }
  // In memory, the count starts again.
  expect(await Promise.all(inFlight.counts)).toEqual(createMany(() => 0).map((_, i) => 999 - i))
  expect(new Set(await Promise.all(inFlight.proofs))).toEqual(new Set(['SERVICE_UNAVAILABLE']))
  expect(countCommands(proxy)).toBe(102)
  expect(await Promise.all(createMany(count))).toContain(900)
  expect(new Set(await Promise.all(createMany(storeProof)))).toEqual(new Set(['SERVICE_UNAVAILABLE']))
  expect(countCommands(proxy)).toBe(102)
})

testWithRedis('redis/H02 makes one attempt at a time in a hang, and all uses recover after it', async () => {
  const { proxy, counts, storeProof, nextEvent } = await connectThroughProxy()
  const [first, second] = counts
  proxy.disconnect('silent')
  storeProof()
  for (const acceptedCount of [1, 2, 3]) {
    await nextEvent('close')
    expect(proxy.acceptedCount).toBe(acceptedCount)
    expect(await Promise.all([storeProof(), first()])).toEqual(['SERVICE_UNAVAILABLE', 1_000 - acceptedCount])
  }
  proxy.restore()
  await nextEvent('ready')
  expect([await storeProof(), await first(), await second()]).toEqual([undefined, 999, 998])
})

testWithRedis('redis/H03 replaces a connection that alone hangs', async () => {
  const { proxy, counts, storeProof, nextEvent } = await connectThroughProxy()
  const [first, second] = counts
  proxy.blackholeConnections()
  expect(await storeProof()).toBe('SERVICE_UNAVAILABLE')
  await nextEvent('ready')
  expect([await storeProof(), await first(), await second()]).toEqual([undefined, 999, 998])
})

/** Outages. Ids never change. */
const OUTAGES = [
  { id: 'redis/H04', mode: 'silent', problem: `no reply within ${TIMEOUT_MS} ms` },
  { id: 'redis/H05', mode: 'closed', problem: 'the connection was closed' },
] as const
testWithRedis.each(OUTAGES)(
  '$id logs one line when an outage begins ($mode) and one when it ends',
  async ({ mode, problem }) => {
    const { proxy, lines, counts, storeProof, nextEvent } = await connectThroughProxy()
    const useMany = () => Promise.all([...createMany(counts[0]), ...createMany(storeProof)])
    proxy.disconnect(mode)
    if (mode === 'silent') useMany()
    for (let i = 0; i < 3; i++) {
      await nextEvent('close')
      await useMany()
    }
    proxy.restore()
    await nextEvent('ready')
    // The proxy resets connection attempts, which is another problem.
    expect(lines.filter((line) => !/ECONNRESET|EPIPE/.test(line))).toEqual([
      `Redis: ${problem}. Check REDIS_URL.`,
      'Redis is available again.',
    ])
    expect(new Set(lines).size).toBe(lines.length)
  },
)

testWithRedis('redis/H06 accepts a reply that arrived in time while the event loop was blocked', async () => {
  const { storeProof, lines } = await connect(6379)
  const stored = storeProof()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * TIMEOUT_MS)
  expect([await stored, await storeProof(), lines]).toEqual([undefined, undefined, []])
})

test('redis/H07 closes a connection whose replies arrive steadily but too late', async () => {
  const server = createServer((socket) => {
    let uses = 0
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      for (const [, name] of bytes.toString().matchAll(/^\*\d+\r\n\$\d+\r\n(\w+)/gm)) {
        // The handshake succeeds; afterwards each command gets a byte of the reply to the first.
        if (name !== 'set') socket.write('+OK\r\n')
        else socket.write(uses++ === 0 ? '$1000000000\r\n' : 'a')
      }
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanups.push(() => server.close())
  const { storeProof, isConnected, lines } = await connect((server.address() as AddressInfo).port)
  await waitUntil(async () => {
    storeProof()
    return !isConnected()
  })
  expect(lines).toEqual([`Redis: no reply within ${TIMEOUT_MS} ms. Check REDIS_URL.`])
})
