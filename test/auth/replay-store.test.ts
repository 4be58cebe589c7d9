import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createMemoryReplayStore, REPLAY_RETENTION_MS } from '../../src/auth/replay-store.ts'
import { createDpopClient, type DpopClient, type ProofOptions } from '../support/dpop-client.ts'
import { sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
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

/** Sends a proof for book 1 of one public URL; several copies can stand behind it. */
const URL_OF_ALL = 'https://books.example.com'
const start = (settings: Record<string, string>, clock = createTestClock()) =>
  startService({ API_URL: URL_OF_ALL, ...settings }, issuer.url, clock)
const prove = (parts: Partial<ProofOptions> = {}) =>
  client.createProof({ url: `${URL_OF_ALL}/books/1`, method: 'GET', token, ...parts })
async function ask(api: string, dpop: string) {
  const { status, headers } = await sendRequest(`${api}/books/1`, {
    headers: { authorization: `DPoP ${token}`, dpop },
  })
  return { status, nonce: headers.get('dpop-nonce') ?? undefined, error: errorIn(headers), headers }
}
const errorIn = (headers: Headers) => /error="(\w+)"/.exec(headers.get('www-authenticate') ?? '')?.[1]

test('a nonce is asked for, good for a minute or two, and followed by the next', async () => {
  const clock = createTestClock()
  const { apiUrl, close } = await start({ DPOP_NONCE: 'required' }, clock)
  const first = await ask(apiUrl, await prove())
  expect([first.status, first.error]).toEqual([401, 'use_dpop_nonce'])
  const { nonce } = first
  expect(nonce).toMatch(/^[\w-]{22}$/)
  // A nonce says that the proof is new, whatever the client's clock.
  expect(await ask(apiUrl, await prove({ nonce, iat: 0 }))).toMatchObject({ status: 200, nonce: undefined })
  await clock.advance(60_000)
  const next = await ask(apiUrl, await prove({ nonce }))
  expect([next.status, next.nonce]).toEqual([200, expect.not.stringMatching(nonce ?? '')])
  expect(await ask(apiUrl, await prove({ nonce: next.nonce }))).toMatchObject({
    status: 200,
    nonce: undefined,
  })
  await clock.advance(60_000)
  expect(await ask(apiUrl, await prove({ nonce }))).toMatchObject({ status: 401, error: 'use_dpop_nonce' })
  expect(await ask(apiUrl, await prove({ nonce: next.nonce }))).toMatchObject({ status: 200 })
  await close()
})

test('a proof is remembered for as long as it could be good', async () => {
  const clock = createTestClock()
  const { apiUrl, close } = await start({}, clock)
  const proof = await prove({ iat: Math.floor(clock.now() / 1000) + 30 })
  expect((await ask(apiUrl, proof)).status).toBe(200)
  for (let second = 0; second <= 90; second += 10) {
    expect(await ask(apiUrl, proof)).toMatchObject({ status: 401, error: 'invalid_dpop_proof' })
    await clock.advance(10_000)
  }
  await close()
})

test('a clock that is set back makes no proof new again, nor a nonce, and asks for another', async () => {
  for (const DPOP_NONCE of ['optional', 'required']) {
    const clock = createTestClock()
    const { apiUrl, close } = await start({ DPOP_NONCE }, clock)
    const nonce = DPOP_NONCE === 'required' ? (await ask(apiUrl, await prove())).nonce : undefined
    const proof = await prove({ nonce, iat: Math.floor(clock.now() / 1000) })
    expect((await ask(apiUrl, proof)).status).toBe(200)
    await clock.advance(2 * REPLAY_RETENTION_MS)
    clock.shiftWallClock(-2 * REPLAY_RETENTION_MS)
    const again = await ask(apiUrl, proof)
    expect(again).toMatchObject({ status: 401, error: 'use_dpop_nonce' })
    expect((await ask(apiUrl, await prove({ nonce: again.nonce }))).status).toBe(200)
    await close()
  }
})

test('when it may remember no more proofs it refuses them: who forgets must not say yes', async () => {
  const clock = createTestClock()
  const { apiUrl, close } = await start({ DPOP_MEMORY_LIMIT: '2' }, clock)
  expect((await ask(apiUrl, await prove())).status).toBe(200)
  expect((await ask(apiUrl, await prove())).status).toBe(200)
  const full = await ask(apiUrl, await prove())
  expect([full.status, full.headers.get('retry-after')]).toEqual([503, '5'])
  const bearer = `Bearer ${await issuer.signToken()}`
  expect((await sendRequest(`${apiUrl}/books/1`, { headers: { authorization: bearer } })).status).toBe(200)
  await clock.advance(2 * REPLAY_RETENTION_MS)
  expect((await ask(apiUrl, await prove({ iat: Math.floor(clock.now() / 1000) }))).status).toBe(200)
  await close()
})

test('what is remembered stays for its time, whenever the maps change places', async () => {
  for (let offset = 0; offset < REPLAY_RETENTION_MS; offset += 10_000) {
    const clock = createTestClock()
    const memory = createMemoryReplayStore(clock, 10)
    await memory.putIfAbsent('first', '1')
    await clock.advance(offset)
    expect(await memory.putIfAbsent('k', 'v')).toBeUndefined()
    await clock.advance(REPLAY_RETENTION_MS - 1)
    expect(await memory.putIfAbsent('k', 'w')).toBe('v')
    await clock.advance(3 * REPLAY_RETENTION_MS)
    expect(await memory.putIfAbsent('k', 'x')).toBeUndefined()
  }
})

testWithRedis(
  'T25da copies with one Redis let a proof in once among them, and take one another’s nonces',
  async () => {
    const settings = { REDIS_URL, DPOP_NONCE: 'required' }
    const [one, other] = [await start(settings), await start(settings)]
    const { nonce } = await ask(one.apiUrl, await prove())
    const proof = await prove({ nonce })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask(i % 2 === 0 ? one.apiUrl : other.apiUrl, proof)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ error }) => error === 'invalid_dpop_proof')).toHaveLength(19)
    expect((await ask(other.apiUrl, await prove({ nonce }))).status).toBe(200)
    await one.close()
    await other.close()
  },
)

testWithRedis('T25dc Redis goes and comes back: so do proofs, and /readyz tells', async () => {
  const ends = new Set<Socket>()
  const proxy = createServer((inner) => {
    const outer = connect(6379, '127.0.0.1')
    for (const end of [inner, outer]) ends.add(end.on('error', () => undefined))
    inner.pipe(outer).pipe(inner)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  const cut = () => {
    proxy.close()
    for (const end of ends) end.destroy()
  }
  const { apiUrl, close } = await start({ REDIS_URL: `redis://127.0.0.1:${port}` })
  const comes = (connected: boolean, status: number) =>
    waitUntil(async () => {
      const ready = await sendRequest(`${apiUrl}/readyz`)
      expect(ready.status).toBe(200)
      return (
        JSON.parse(ready.text).redis.connected === connected &&
        (await ask(apiUrl, await prove())).status === status
      )
    })
  await comes(true, 200)
  cut()
  await comes(false, 503)
  proxy.listen(port, '127.0.0.1')
  await comes(true, 200)
  await close()
  cut()
})

test('T25db without Redis, proofs are 503 and never let in unseen; bearer tokens go on', async () => {
  const { apiUrl, close } = await start({ REDIS_URL: 'redis://:hunter2@127.0.0.1:1' })
  const reply = await ask(apiUrl, await prove())
  expect([reply.status, reply.headers.get('retry-after'), reply.error]).toEqual([503, '5', undefined])
  const bearer = `Bearer ${await issuer.signToken()}`
  expect((await sendRequest(`${apiUrl}/books/1`, { headers: { authorization: bearer } })).status).toBe(200)
  await close()
})
