import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createVerifyToken } from '../../src/auth/verify-token.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { mutateToken } from '../support/auth/mutate-token.ts'
import { createTestKeySet } from '../support/auth/test-key-set.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { type Service, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTestClock } from '../support/test-clock.ts'

const CASES = Number(process.env.CASES ?? 10_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const CONCURRENCY = 32

let issuer: StubIssuer
let service: Service
beforeAll(async () => {
  issuer = await startStubIssuer()
  // The clock stands still, so that only requests cause fetches of the key set.
  service = await startService({}, { issuerUrl: issuer.url, clock: createTestClock() })
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

/** Sends `CASES` requests, several at a time, and counts the response statuses. */
async function countStatuses(send: (index: number) => Promise<{ readonly status: number }>) {
  const counts = new Map<number, number>()
  let next = 0
  const work = async () => {
    while (next < CASES) {
      const { status } = await send(next++)
      counts.set(status, (counts.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return counts
}

test('rejects a token with any single bit flipped, in its characters or in the bytes that they encode', async () => {
  const { keySet, clock } = createTestKeySet(() => ({ keys: issuer.state.keys }))
  await keySet.start()
  const policy = { issuer: issuer.url, audience: 'api://default', scopeClaims: ['scp'] }
  const verifyToken = createVerifyToken({ policy, findKey: keySet.find, clock })
  const token = await issuer.signToken()
  await verifyToken(token)
  const notRejected: string[] = []
  let tried = 0
  const expectRejected = async (mutated: string) => {
    tried += 1
    const error: unknown = await verifyToken(mutated).catch((thrown: unknown) => thrown)
    if (!(error instanceof ApiError) || error.details.status !== 401) notRejected.push(mutated)
  }
  for (let i = 0; i < token.length * 8; i++) {
    const character = String.fromCharCode(token.charCodeAt(i >> 3) ^ (1 << (i & 7)))
    await expectRejected(token.slice(0, i >> 3) + character + token.slice((i >> 3) + 1))
  }
  const segments = token.split('.')
  for (const [index, segment] of segments.entries()) {
    const bytes = Buffer.from(segment, 'base64url')
    for (let i = 0; i < bytes.length * 8; i++) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(i >> 3) ^ (1 << (i & 7)), i >> 3)
      await expectRejected(segments.with(index, flipped.toString('base64url')).join('.'))
    }
  }
  expect(notRejected).toEqual([])
  expect(tried).toBeGreaterThan(token.length * 8 + 256 * 8)
})

test(`rejects ${CASES} mutated tokens and still accepts the original (CASES, SEED=${SEED})`, async () => {
  const random = createSeededRandom(SEED)
  const token = await issuer.signToken()
  const send = (bearer: string) =>
    sendRequest(`${service.apiUrl}/books/1`, { headers: { authorization: `Bearer ${bearer}` } })
  const notRejected: string[] = []
  const counts = await countStatuses(async () => {
    const mutated = mutateToken(token, random)
    const reply = await send(mutated)
    if (reply.status !== 401 && reply.status !== 400) notRejected.push(mutated)
    return reply
  })
  expect(notRejected).toEqual([])
  expect((counts.get(400) ?? 0) + (counts.get(401) ?? 0)).toBe(CASES)
  expect(counts.get(401)).toBeGreaterThan(CASES / 2)
  expect((await send(token)).status).toBe(200)
}, 600_000)

test(`auth/T17b fetches the key set at most once for ${CASES} tokens with unknown kids`, async () => {
  const before = issuer.state.jwksRequests
  const [, payload, signature] = (await issuer.signToken()).split('.')
  const counts = await countStatuses((index) => {
    const header = Buffer.from(`{"alg":"RS256","kid":"u${index}"}`).toString('base64url')
    return service.graphql('{ book(id: 1) { title } }', `${header}.${payload}.${signature}`)
  })
  expect([...counts]).toEqual([[401, CASES]])
  expect(issuer.state.jwksRequests - before).toBeLessThanOrEqual(1)
}, 120_000)
