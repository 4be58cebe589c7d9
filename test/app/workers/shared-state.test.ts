// What several workers must have in common, or a client would be told one thing here and another there.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createDpopClient } from '../../support/dpop-client.ts'
import { type StubIssuer, startStubIssuer } from '../../support/stub-issuer.ts'
import {
  connectToEachWorker,
  type KeepAliveConnection,
  openKeepAliveConnection,
  parseMetric,
  pollUntil,
  readAggregatedMetric,
  startWorkerProcesses,
  type WorkerProcesses,
} from '../../support/workers/worker-processes.ts'

let issuer: StubIssuer
const running: WorkerProcesses[] = []
async function start(settings: Record<string, string> = {}) {
  const several = await startWorkerProcesses(issuer.url, settings)
  running.push(several)
  return several
}
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(async () => {
  for (const { child, exited } of running) {
    child.kill('SIGTERM')
    await exited
  }
  await issuer.close()
})

const READ = '{ book(id: 1) { title } }'
const BOOK = '{ title: "a", author: "b", cost: 1, numPages: 1 }'
const ADD = `mutation { addBook(input: ${BOOK}) { id } }`
const ADMIN = { scp: ['fakebookapi.read', 'fakebookapi.admin'] }
const pair = async (origin: string) =>
  (await connectToEachWorker(origin)) as [KeepAliveConnection, KeepAliveConnection]

test('W01 connections come to each worker, on one port that is told once', async () => {
  const { origin, text, workerPids } = await start({ WORKERS: '3' })
  const all = await connectToEachWorker(origin, 3)
  const answers = await Promise.all(all.map((one) => one.query(READ, undefined)))
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
  expect([text.stdout.match(/^API /gm)?.length, workerPids().length]).toEqual([1, 3])
})

test('W02 the keys are fetched once for all, and an unknown key costs no more than with one process', async () => {
  const before = issuer.state.jwksRequests
  const { origin } = await start({ WORKERS: '3' })
  const token = await issuer.signToken()
  const unknown = await issuer.signToken({}, { kid: 'k2' })
  for (const one of await connectToEachWorker(origin, 3)) {
    expect((await one.query(READ, token)).status).toBe(200)
    expect((await one.query(READ, unknown)).status).toBe(401)
  }
  expect(issuer.state.jwksRequests - before).toBe(1)
  expect(await readAggregatedMetric(origin, 'fakebook_key_fetches_total{outcome="ok"}')).toBe(1)
})

test('W03 without keys no worker is ready, and each is once they are there', async () => {
  const away = await startStubIssuer()
  away.state.isUp = false
  const several = await startWorkerProcesses(away.url)
  const both = await pair(several.origin)
  const statuses = async (ask: (one: KeepAliveConnection) => Promise<{ status: number }>) =>
    (await Promise.all(both.map(ask))).map(({ status }) => status)
  const token = await away.signToken()
  expect(await statuses((one) => one.send('/readyz'))).toEqual([503, 503])
  expect(await statuses((one) => one.query(READ, token))).toEqual([503, 503])
  away.state.isUp = true
  await pollUntil(async () =>
    (await statuses((one) => one.send('/readyz'))).every((status) => status === 200),
  )
  expect(await statuses((one) => one.query(READ, token))).toEqual([200, 200])
  several.child.kill('SIGTERM')
  expect(await several.exited).toBe(0)
  await away.close()
})

test.each([
  ['W04', 'optional'],
  ['W05', 'required'],
])('%s a proof is good at one worker once, and its nonce at both (DPOP_NONCE=%s)', async (_, nonces) => {
  const { origin } = await start({ DPOP_NONCE: nonces })
  const [one, other] = await pair(origin)
  const client = await createDpopClient()
  const token = await issuer.signToken({ cnf: { jkt: client.jkt } })
  const prove = (nonce?: string) =>
    client.createProof({ url: `${origin}/books/1`, method: 'GET', token, nonce })
  const ask = async (kept: KeepAliveConnection, dpop: string) => {
    const { status, headers } = await kept.send('/books/1', {
      headers: { authorization: `DPoP ${token}`, dpop },
    })
    const error = /error="(\w+)"/.exec(headers['www-authenticate'] ?? '')?.[1]
    return { status, error, nonce: headers['dpop-nonce'] as string | undefined }
  }
  const nonce = nonces === 'required' ? (await ask(one, await prove())).nonce : undefined
  const proof = await prove(nonce)
  expect(await ask(other, proof)).toMatchObject({ status: 200 })
  for (const kept of [one, other])
    expect(await ask(kept, proof)).toMatchObject({ status: 401, error: 'invalid_dpop_proof' })
  expect(await ask(one, await prove(nonce))).toMatchObject({ status: 200 })
})

test.each([
  ['W06', 'RATE_LIMIT', 'address'],
  ['W07', 'CLIENT_RATE_LIMIT', 'client'],
])('%s %s counts what comes to all workers', async (_, setting, name) => {
  const { origin } = await start({ [setting]: '6' })
  const [one, other] = await pair(origin)
  const token = await issuer.signToken({ cid: setting })
  const ask = (kept: KeepAliveConnection) => kept.query(READ, token)
  const answers = []
  for (const kept of [one, other, one, other, one, other]) answers.push(await ask(kept))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  expect(answers.map(({ headers }) => headers.ratelimit)).toEqual(
    [5, 4, 3, 2, 1, 0].map((left) => expect.stringMatching(`"${name}";r=${left};`)),
  )
  expect([(await ask(one)).status, (await ask(other)).status]).toEqual([429, 429])
})

/** Who finds the database busy for too long is told to come again, and does. */
async function added(
  kept: KeepAliveConnection,
  token: string,
  headers: Record<string, string> = {},
): Promise<string> {
  for (;;) {
    const { status, text } = await kept.query(ADD, token, headers)
    if (status === 200) return JSON.parse(text).data.addBook.id
    // Its key may be under way at the other worker.
    expect([409, 503]).toContain(status)
  }
}

test('W08 a write that is sent to both workers at once is done once; many at both are all done', async () => {
  const { origin } = await start()
  const both = await pair(origin)
  const admin = await issuer.signToken(ADMIN)
  for (let key = 0; key < 20; key += 1) {
    const headers = { 'idempotency-key': `"write-${key}-of-this-test"` }
    const ids = await Promise.all(both.map((kept) => added(kept, admin, headers)))
    expect(new Set(ids).size).toBe(1)
  }
  const many = async (kept: KeepAliveConnection) => {
    const ids: string[] = []
    while (ids.length < 20) ids.push(await added(kept, admin))
    return ids
  }
  expect(new Set((await Promise.all(both.map(many))).flat()).size).toBe(40)
})

test('W09 a scrape at any worker has the numbers of all', async () => {
  const { origin } = await start()
  const [one, other] = await pair(origin)
  const token = await issuer.signToken()
  for (const kept of [one, one, one, other, other]) await kept.query(READ, token)
  for (const kept of [one, other]) {
    const { text } = await kept.send('/metrics')
    expect(parseMetric(text, 'fakebook_requests_total{method="POST",route="/graphql",status="200"}')).toBe(5)
    expect(parseMetric(text, 'fakebook_request_duration_seconds_count{operation="Query.book"}')).toBe(5)
    expect(parseMetric(text, 'fakebook_tokens_verified_total{scheme="Bearer"}')).toBe(5)
    // Each of them remembers the token, both have the one key, and there is one release.
    expect(parseMetric(text, 'fakebook_token_cache_size')).toBe(2)
    expect(parseMetric(text, 'fakebook_keys')).toBe(1)
    expect(parseMetric(text, 'fakebook_ready{part="keys"}')).toBe(1)
    expect(parseMetric(text, 'fakebook_workers')).toBe(2)
    expect(text.match(/^fakebook_build_info\{.*\} 1$/gm)).toHaveLength(1)
    expect(parseMetric(text, 'fakebook_keys_age_seconds')).toBeGreaterThan(0)
  }
})

test('W11 a primary that does not answer: proofs get 503, all else goes on, and counts are each worker’s own', async () => {
  const { origin, child } = await start({ CLIENT_RATE_LIMIT: '3' })
  const [one, other] = await pair(origin)
  const client = await createDpopClient()
  const boundTo = (cid: string) => issuer.signToken({ cnf: { jkt: client.jkt }, cid })
  const token = await issuer.signToken({ cid: 'W11' })
  const ask = async (kept: KeepAliveConnection) => (await kept.query(READ, token)).status
  let counted = 0
  const prove = async (kept: KeepAliveConnection) => {
    counted += 1
    const bound = await boundTo(`prover ${counted}`)
    const dpop = await client.createProof({ url: `${origin}/books/1`, method: 'GET', token: bound })
    return (await kept.send('/books/1', { headers: { authorization: `DPoP ${bound}`, dpop } })).status
  }
  expect([await prove(one), await ask(one), await ask(other)]).toEqual([200, 200, 200])
  child.kill('SIGSTOP')
  expect(await Promise.all([prove(one), prove(other)])).toEqual([503, 503])
  for (const kept of [one, other])
    expect([await ask(kept), await ask(kept), await ask(kept), await ask(kept)]).toEqual([200, 200, 200, 429])
  child.kill('SIGCONT')
  await pollUntil(async () => (await prove(one)) === 200)
})

test('W10 what is more than CONNECTION_LIMIT at every worker is closed', async () => {
  const { origin } = await start({ CONNECTION_LIMIT: '1' })
  await pair(origin)
  await expect(openKeepAliveConnection(origin).send('/healthz')).rejects.toThrow(/hang up|ECONNRESET/)
})
