import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createVerifyToken } from '../../src/auth/verify-token.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { mutateToken } from '../support/auth/mutate-token.ts'
import { createTestKeySet } from '../support/auth/test-key-set.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { type Service, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

const CASES = Number(process.env.CASES ?? 10_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const AT_ONCE = 32

let issuer: StubIssuer
let service: Service
beforeAll(async () => {
  issuer = await startStubIssuer()
  service = await startService({}, issuer.url)
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

async function check() {
  const { keys, clock } = createTestKeySet(() => ({ keys: issuer.state.keys }))
  await keys.start()
  const policy = { issuer: issuer.url, audience: 'api://default' }
  return createVerifyToken({ policy, findKey: keys.find, clock })
}

test('any single bit of a good token makes it bad: of its letters, and of the bytes that they stand for', async () => {
  const verify = await check()
  const good = await issuer.signToken()
  await verify(good)
  const accepted: string[] = []
  let tried = 0
  const refused = async (token: string) => {
    tried += 1
    const error: unknown = await verify(token).then(
      () => accepted.push(token),
      (thrown) => thrown,
    )
    if (error instanceof ApiError && error.details.status === 401) return
    accepted.push(token)
  }
  for (let i = 0; i < good.length * 8; i++) {
    const letter = String.fromCharCode(good.charCodeAt(i >> 3) ^ (1 << (i & 7)))
    await refused(good.slice(0, i >> 3) + letter + good.slice((i >> 3) + 1))
  }
  const parts = good.split('.')
  for (const [which, part] of parts.entries()) {
    const bytes = Buffer.from(part, 'base64url')
    for (let i = 0; i < bytes.length * 8; i++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(i >> 3) ^ (1 << (i & 7)), i >> 3)
      await refused(parts.with(which, changed.toString('base64url')).join('.'))
    }
  }
  expect(accepted).toEqual([])
  expect(tried).toBeGreaterThan(good.length * 8 + 256 * 8)
})

test(`${CASES} mutated tokens: none is let in, nothing breaks; CASES and SEED=${SEED}`, async () => {
  const chance = createSeededRandom(SEED)
  const good = await issuer.signToken()
  const seen = new Map<number, number>()
  const wrong: string[] = []
  let made = 0
  const work = async () => {
    while (made < CASES) {
      made += 1
      const token = mutateToken(good, chance)
      const { status } = await sendRequest(`${service.apiUrl}/books/1`, {
        headers: { authorization: `Bearer ${token}` },
      })
      seen.set(status, (seen.get(status) ?? 0) + 1)
      if (status !== 401 && status !== 400) wrong.push(token)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  expect(wrong).toEqual([])
  expect((seen.get(400) ?? 0) + (seen.get(401) ?? 0)).toBe(CASES)
  expect(seen.get(401)).toBeGreaterThan(CASES / 2)
  expect(
    (await sendRequest(`${service.apiUrl}/books/1`, { headers: { authorization: `Bearer ${good}` } })).status,
  ).toBe(200)
}, 600_000)
