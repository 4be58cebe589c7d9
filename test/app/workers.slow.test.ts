// Several worker processes on one port: starts, restarts, replacement, shutdown, and what they share.

import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runCli } from '../support/cli-process.ts'
import { createDpopClient } from '../support/dpop-client.ts'
import { startHalfSentRequest } from '../support/half-sent-request.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { REDIS_URL, testWithRedis } from '../support/test-with-redis.ts'
import {
  connectToEachWorker,
  isListening,
  isProcessAlive,
  type KeepAliveConnection,
  openKeepAliveConnection,
  parseMetric,
  pollUntil,
  readClusterMetric,
  startWorkerProcesses,
  stopWorkerProcesses,
  waitUntilExited,
} from '../support/worker-processes.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const LONG_MS = '600000'
const READ = '{ book(id: 1) { title } }'
const ADD = 'mutation { addBook(input: { title: "a", author: "b", cost: 1, numPages: 1 }) { id } }'
const ADMIN = { scp: ['fakebookapi.read', 'fakebookapi.admin'] }

const start = (settings: Record<string, string> = {}) => startWorkerProcesses(issuer.url, settings)
const connectToBoth = async (origin: string) =>
  (await connectToEachWorker(origin)) as [KeepAliveConnection, KeepAliveConnection]

describe('start', () => {
  const runApi = (settings: Readonly<Record<string, string>>) =>
    runCli(['api'], { OKTA_ISSUER: issuer.url, PORT: '0', ...settings })

  test('app/W25 reports a port in use once and starts no other worker', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const { port } = blocker.address() as { port: number }
    const { status, stdout, stderr } = await runApi({ WORKERS: '3', PORT: String(port) })
    blocker.close()
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      `Port ${port} is already in use. Set PORT to another one, for example PORT=${port + 1}.\n`,
    ])
  })

  test('app/W26 reports a database that cannot be opened once', async () => {
    const { status, stderr } = await runApi({ WORKERS: '3', DATABASE_URL: 'file:/dev/null/books.db' })
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^The database cannot be opened: .* Check DATABASE_URL\.\n$/),
    ])
  })

  test('app/W27 reports an audit log that cannot be opened once', async () => {
    const { status, stderr } = await runApi({ WORKERS: '2', AUDIT_LOG: '/dev/null/audit.log' })
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^The audit log cannot be opened: .* Check AUDIT_LOG\.\n$/),
    ])
  })

  test('app/W01 every worker serves one port, which is printed once', async () => {
    const cluster = await start({ WORKERS: '3' })
    const connections = await connectToEachWorker(cluster.origin, 3)
    const replies = await Promise.all(connections.map(({ query }) => query(READ)))
    expect(replies.map(({ status }) => status)).toEqual([401, 401, 401])
    expect([cluster.text.stdout.match(/^API /gm)?.length, cluster.workerPids().length]).toEqual([1, 3])
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W03 no worker is ready without keys, and each becomes ready by itself', async () => {
    const unavailable = await startStubIssuer()
    unavailable.state.isUp = false
    const cluster = await startWorkerProcesses(unavailable.url)
    const both = await connectToBoth(cluster.origin)
    const statusOfBoth = async (send: (connection: KeepAliveConnection) => Promise<{ status: number }>) =>
      (await Promise.all(both.map(send))).map(({ status }) => status)
    const token = await unavailable.signToken()
    expect(await statusOfBoth(({ send }) => send('/readyz'))).toEqual([503, 503])
    expect(await statusOfBoth(({ query }) => query(READ, token))).toEqual([503, 503])
    unavailable.state.isUp = true
    await pollUntil(async () =>
      (await statusOfBoth(({ send }) => send('/readyz'))).every((status) => status === 200),
    )
    expect(await statusOfBoth(({ query }) => query(READ, token))).toEqual([200, 200])
    expect(await stopWorkerProcesses(cluster)).toBe(0)
    await unavailable.close()
  })
})

describe('shared port, database and metrics', () => {
  /** Retries while the database is busy (503) or the idempotency key is in use at the other worker (409). */
  async function addBook(
    { query }: KeepAliveConnection,
    token: string,
    headers: Record<string, string> = {},
  ): Promise<string> {
    for (;;) {
      const { status, text } = await query(ADD, token, headers)
      if (status === 200) return JSON.parse(text).data.addBook.id
      expect([409, 503]).toContain(status)
    }
  }

  test('app/W08 a write sent to both workers with one key happens once; other writes all happen', async () => {
    const cluster = await start()
    const both = await connectToBoth(cluster.origin)
    const admin = await issuer.signToken(ADMIN)
    for (let key = 0; key < 20; key += 1) {
      const headers = { 'idempotency-key': `"write-${key}-of-this-test"` }
      const ids = await Promise.all(both.map((connection) => addBook(connection, admin, headers)))
      expect(new Set(ids).size).toBe(1)
    }
    const addTwenty = async (connection: KeepAliveConnection) => {
      const ids: string[] = []
      while (ids.length < 20) ids.push(await addBook(connection, admin))
      return ids
    }
    expect(new Set((await Promise.all(both.map(addTwenty))).flat()).size).toBe(40)
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W09 GET /metrics at any worker returns the metrics of all', async () => {
    const cluster = await start()
    const [one, other] = await connectToBoth(cluster.origin)
    const token = await issuer.signToken()
    for (const { query } of [one, one, one, other, other]) await query(READ, token)
    for (const { send } of [one, other]) {
      const { text } = await send('/metrics')
      const metric = (name: string) => parseMetric(text, name)
      expect(metric('fakebook_requests_total{method="POST",route="/graphql",status="200"}')).toBe(5)
      expect(metric('fakebook_request_duration_seconds_count{operation="Query.book"}')).toBe(5)
      expect(metric('fakebook_request_duration_seconds_bucket{operation="Query.book",le="+Inf"}')).toBe(5)
      expect(metric('fakebook_tokens_verified_total{scheme="Bearer"}')).toBe(5)
      // Each worker has fetched the one key and cached the token; there is one release.
      expect(metric('fakebook_key_fetches_total{outcome="ok"}')).toBe(2)
      expect(metric('fakebook_token_cache_size')).toBe(2)
      expect(metric('fakebook_keys')).toBe(1)
      expect(metric('fakebook_ready{part="keys"}')).toBe(1)
      expect(metric('fakebook_workers')).toBe(2)
      expect(text.match(/^fakebook_build_info\{.*\} 1$/gm)).toHaveLength(1)
      expect(metric('fakebook_keys_age_seconds')).toBeGreaterThan(0)
    }
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W09b GET /metrics reports that a worker did not respond, and recovers', async () => {
    const cluster = await start({ LOG_LEVEL: 'error' })
    const pids = cluster.workerPids()
    const [one, other] = await connectToBoth(cluster.origin)
    const [pid = 0] = pids
    process.kill(pid, 'SIGSTOP')
    // One of the two connections is to the stopped worker.
    const { status } = await Promise.race([one.send('/metrics'), other.send('/metrics')])
    process.kill(pid, 'SIGCONT')
    expect(status).toBe(500)
    await cluster.waitForOutput(/The metrics of all workers were not collected within 6 s\./)
    expect(cluster.text.stdout).not.toContain('AbortError')
    expect(await readClusterMetric(cluster.origin, 'fakebook_workers')).toBe(2)
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W10 a connection beyond CONNECTION_LIMIT of every worker serves one health request alone', async () => {
    const cluster = await start({ CONNECTION_LIMIT: '1' })
    await connectToBoth(cluster.origin)
    for (const [path, status] of [
      ['/healthz', 200],
      ['/books', 503],
    ] as const) {
      const reply = await openKeepAliveConnection(cluster.origin).send(path)
      expect([reply.status, reply.headers.connection]).toEqual([status, 'close'])
    }
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })
})

describe('state shared in Redis', () => {
  testWithRedis.each([
    { id: 'app/W04', nonce: 'optional' },
    { id: 'app/W05', nonce: 'required' },
  ])(
    '$id accepts a DPoP proof once, and a nonce at every worker (DPOP_NONCE=$nonce)',
    async ({ nonce: DPOP_NONCE }) => {
      const cluster = await start({ REDIS_URL, DPOP_NONCE })
      const { origin } = cluster
      const [one, other] = await connectToBoth(origin)
      const client = await createDpopClient()
      const token = await issuer.signToken({ cnf: { jkt: client.jkt } })
      const createProof = (nonce?: string) =>
        client.createProof({ url: `${origin}/books/1`, method: 'GET', token, nonce })
      const send = async (connection: KeepAliveConnection, dpop: string) => {
        const { status, headers } = await connection.send('/books/1', {
          headers: { authorization: `DPoP ${token}`, dpop },
        })
        const error = /error="(\w+)"/.exec(headers['www-authenticate'] ?? '')?.[1]
        return { status, error, nonce: headers['dpop-nonce'] as string | undefined }
      }
      const nonce = DPOP_NONCE === 'required' ? (await send(one, await createProof())).nonce : undefined
      const proof = await createProof(nonce)
      expect(await send(other, proof)).toMatchObject({ status: 200 })
      for (const connection of [one, other])
        expect(await send(connection, proof)).toMatchObject({ status: 401, error: 'invalid_dpop_proof' })
      expect(await send(one, await createProof(nonce))).toMatchObject({ status: 200 })
      expect(await stopWorkerProcesses(cluster)).toBe(0)
    },
  )

  testWithRedis.each([
    { id: 'app/W06', setting: 'RATE_LIMIT', name: 'address' },
    { id: 'app/W07', setting: 'CLIENT_RATE_LIMIT', name: 'client' },
  ])('$id $setting counts the requests of all workers', async ({ setting, name }) => {
    const cluster = await start({ REDIS_URL, TRUSTED_PROXIES: '127.0.0.1', [setting]: '6' })
    const [one, other] = await connectToBoth(cluster.origin)
    // Redis outlives a run of this test, so the address and the client are random.
    const address = `2001:db8:${Math.floor(Math.random() * 0xffff).toString(16)}::1`
    const token = await issuer.signToken({ cid: address })
    const send = ({ query }: KeepAliveConnection) => query(READ, token, { 'x-forwarded-for': address })
    const replies = []
    for (const connection of [one, other, one, other, one, other]) replies.push(await send(connection))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(replies.map(({ headers }) => headers.ratelimit)).toEqual(
      [5, 4, 3, 2, 1, 0].map((remaining) => expect.stringMatching(`"${name}";r=${remaining};`)),
    )
    expect([(await send(one)).status, (await send(other)).status]).toEqual([429, 429])
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  testWithRedis('app/W12 workers share proofs and counts without the primary', async () => {
    const cluster = await start({ REDIS_URL, CLIENT_RATE_LIMIT: '4' })
    const { origin, child } = cluster
    const [one, other] = await connectToBoth(origin)
    const client = await createDpopClient()
    const token = await issuer.signToken({ cnf: { jkt: client.jkt }, cid: client.jkt })
    const send = (connection: KeepAliveConnection, dpop: string) =>
      connection.send('/books/1', { headers: { authorization: `DPoP ${token}`, dpop } })
    const createProof = () => client.createProof({ url: `${origin}/books/1`, method: 'GET', token })
    child.kill('SIGSTOP')
    const proof = await createProof()
    const replies = [await send(one, proof), await send(other, proof), await send(other, await createProof())]
    expect(replies.map(({ status }) => status)).toEqual([200, 401, 200])
    expect(replies.filter(({ status }) => status === 200).map(({ headers }) => headers.ratelimit)).toEqual([
      expect.stringMatching(/"client";r=3;/),
      expect.stringMatching(/"client";r=2;/),
    ])
    child.kill('SIGCONT')
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })
})

describe('shutdown', () => {
  test.each([{ signal: 'SIGTERM' }, { signal: 'SIGINT' }] as const)(
    'app/W30 $signal: every worker finishes its requests in flight, and the primary exits with 0',
    async ({ signal }) => {
      const cluster = await start()
      const pids = cluster.workerPids()
      const requests = await Promise.all([0, 1, 2, 3].map(() => startHalfSentRequest(cluster.url)))
      cluster.child.kill(signal)
      await pollUntil(async () => !(await isListening(cluster.origin)))
      const replies = await Promise.all(requests.map(({ finish }) => finish()))
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      expect(await cluster.exited).toBe(0)
      expect(pids.filter(isProcessAlive)).toEqual([])
    },
  )

  test.each([
    { id: 'app/W31', title: 'Ctrl-C in a terminal', signal: 'SIGINT' },
    { id: 'app/W32', title: 'a supervisor', signal: 'SIGTERM' },
  ] as const)('$id $title signals every process: exits with 0', async ({ signal }) => {
    const cluster = await start()
    for (const pid of [...cluster.workerPids(), cluster.child.pid ?? 0]) process.kill(pid, signal)
    expect(await cluster.exited).toBe(0)
  })

  test('app/W33 reports "not ready" for DRAIN_DELAY; a second signal exits with 1 at once', async () => {
    const cluster = await start({ DRAIN_DELAY: LONG_MS })
    const pids = cluster.workerPids()
    const both = await connectToBoth(cluster.origin)
    cluster.child.kill('SIGTERM')
    for (const { send, query } of both) {
      await pollUntil(async () => (await send('/readyz')).status === 503)
      expect((await query('{ __typename }')).status).toBe(200)
    }
    cluster.child.kill('SIGINT')
    expect(await cluster.exited).toBe(1)
    await waitUntilExited(pids)
  })

  test('app/W34 exits when it is stopped while its workers start', async () => {
    const module = join(createTemporaryFolder(), 'stop.mjs')
    writeFileSync(
      module,
      `import cluster from 'node:cluster'; if (cluster.isWorker) process.kill(process.ppid, 'SIGTERM')`,
    )
    await expect(start({ NODE_OPTIONS: `--import=${module}` })).rejects.toThrow(
      /^The process exited early:\n$/,
    )
  })

  test('app/W35 workers finish their requests in flight and exit when the primary is killed', async () => {
    const cluster = await start()
    const pids = cluster.workerPids()
    const requests = await Promise.all([0, 1].map(() => startHalfSentRequest(cluster.url)))
    cluster.child.kill('SIGKILL')
    await pollUntil(async () => !(await isListening(cluster.origin)))
    const replies = await Promise.all(requests.map(({ finish }) => finish()))
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    await waitUntilExited(pids)
  })

  test('app/W61 kills a worker that outlives the drain limit, and logs it', async () => {
    const cluster = await start({ LOG_LEVEL: 'error', DRAIN_TIMEOUT: '1' })
    const [pid = 0] = cluster.workerPids()
    process.kill(pid, 'SIGSTOP')
    expect(await stopWorkerProcesses(cluster)).toBe(0)
    expect(cluster.text.stdout).toContain('worker did not stop in time and was killed')
    expect(isProcessAlive(pid)).toBe(false)
  })

  test('app/W63 restarts no worker after a stop', async () => {
    const cluster = await start()
    const [pid = 0] = cluster.workerPids()
    process.kill(pid, 'SIGKILL')
    cluster.child.kill('SIGTERM')
    expect(await cluster.exited).toBe(0)
    expect(await isListening(cluster.origin)).toBe(false)
  })

  test('app/W42 writes whole audit lines from every worker, and each reopens the file on SIGHUP', async () => {
    const file = join(createTemporaryFolder(), 'audit.log')
    const cluster = await start({ AUDIT_LOG: file })
    const both = await connectToBoth(cluster.origin)
    const sendRejected = (count: number) =>
      Promise.all(
        both.map(async ({ query }) => {
          for (let i = 0; i < count; i += 1) expect((await query(READ)).status).toBe(401)
        }),
      )
    const linesOf = (path: string) =>
      existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
    await sendRejected(200)
    await pollUntil(async () => linesOf(file).length === 400)
    for (const line of linesOf(file))
      expect(JSON.parse(line)).toMatchObject({ event: 'refused', status: 401 })
    renameSync(file, `${file}.1`)
    cluster.child.kill('SIGHUP')
    await pollUntil(async () => existsSync(file))
    // Once both have reopened the file, the old one does not grow.
    await pollUntil(async () => {
      const oldCount = linesOf(`${file}.1`).length
      await sendRejected(1)
      return linesOf(`${file}.1`).length === oldCount
    })
    await pollUntil(
      async () => new Set(linesOf(file).map((line) => JSON.parse(line).requestId.split('-')[0])).size === 2,
    )
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })
})

/** Creates a module that makes workers exit at their start while a file exists; each appends the time to it. */
function createFailingStart() {
  const folder = createTemporaryFolder()
  const [module, flag] = [join(folder, 'fail.mjs'), join(folder, 'flag')]
  writeFileSync(
    module,
    `import cluster from 'node:cluster'; import { existsSync, appendFileSync } from 'node:fs'
     if (cluster.isWorker && existsSync('${flag}')) { appendFileSync('${flag}', Date.now() + '\\n'); process.exit(3) }`,
  )
  const readStartTimes = () => readFileSync(flag, 'utf8').trim().split('\n').map(Number)
  return { settings: { NODE_OPTIONS: `--import=${module}` }, flag, readStartTimes }
}

describe('restarts', () => {
  test('app/W36 restarts a worker that was killed, whose counts are lost', async () => {
    const cluster = await start({ LOG_LEVEL: 'error' })
    const { origin } = cluster
    for (const { query } of await connectToEachWorker(origin)) await query('{ __typename }')
    const name = 'fakebook_requests_total{method="POST",route="/graphql",status="200"}'
    expect(await readClusterMetric(origin, name)).toBe(2)
    const [pid = 0] = cluster.workerPids()
    process.kill(pid, 'SIGKILL')
    await waitUntilExited([pid])
    await pollUntil(async () => (await readClusterMetric(origin, 'fakebook_workers')) === 2)
    expect(await readClusterMetric(origin, name)).toBe(1)
    expect(cluster.text.stdout.match(/worker exited/g)).toHaveLength(1)
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W43 a suspended worker delays no connection: the other worker accepts them', async () => {
    const cluster = await start()
    const [pid = 0] = cluster.workerPids()
    process.kill(pid, 'SIGSTOP')
    const replies = await Promise.all(
      [1, 2, 3, 4].map(() => openKeepAliveConnection(cluster.origin).send('/healthz')),
    )
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    process.kill(pid, 'SIGCONT')
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W37 a worker that receives SIGTERM by itself drains and is restarted', async () => {
    const cluster = await start()
    const [first = 0, ...others] = cluster.workerPids()
    const request = await startHalfSentRequest(cluster.url)
    process.kill(first, 'SIGTERM')
    expect((await request.finish()).status).toBe(200)
    await waitUntilExited([first])
    await pollUntil(async () => cluster.workerPids().length === 2)
    expect(cluster.workerPids()).toEqual(expect.arrayContaining(others))
    await connectToEachWorker(cluster.origin)
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W38 keeps trying to start a worker while another one serves', async () => {
    const { settings, flag, readStartTimes } = createFailingStart()
    const cluster = await start(settings)
    writeFileSync(flag, '')
    process.kill(cluster.workerPids()[0] ?? 0, 'SIGKILL')
    // Without a worker that serves, it gives up after five.
    await pollUntil(async () => readStartTimes().length > 5)
    expect(await isListening(cluster.origin)).toBe(true)
    rmSync(flag)
    await pollUntil(async () => (await readClusterMetric(cluster.origin, 'fakebook_workers')) === 2)
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W62 doubles the delay between restarts', async () => {
    const { settings, flag, readStartTimes } = createFailingStart()
    const cluster = await start(settings)
    writeFileSync(flag, '')
    process.kill(cluster.workerPids()[0] ?? 0, 'SIGKILL')
    await pollUntil(async () => readStartTimes().length > 4)
    const times = readStartTimes()
    // The kill may count as an early exit itself, so the first delay is 100 or 200 ms.
    for (const [index, delayMs] of [100, 200, 400, 800].entries())
      expect((times[index + 1] ?? 0) - (times[index] ?? 0)).toBeGreaterThanOrEqual(delayMs)
    rmSync(flag)
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W39 exits with 1 when no worker serves and none can be started', async () => {
    const { settings, flag } = createFailingStart()
    const cluster = await start({ ...settings, LOG_LEVEL: 'fatal' })
    writeFileSync(flag, '')
    for (const pid of cluster.workerPids()) process.kill(pid, 'SIGKILL')
    expect(await cluster.exited).toBe(1)
    expect(cluster.text.stdout).toContain('workers exit as soon as they start: the process exits')
  })
})

describe('replacement on SIGUSR2', () => {
  const replacementFinished = async ({ waitForOutput }: Awaited<ReturnType<typeof start>>) =>
    waitForOutput(/all workers replaced/)

  test('app/W40 replaces every worker under load without losing a request', async () => {
    const cluster = await start({ DRAIN_DELAY: LONG_MS, LOG_LEVEL: 'info' })
    const { origin, child } = cluster
    const token = await issuer.signToken()
    const oldPids = cluster.workerPids()
    let isDone = false
    // Half of the clients keep their connection until a response says that it is the last.
    const runClient = async (_: unknown, index: number) => {
      let connection = openKeepAliveConnection(origin)
      while (!isDone) {
        const { status, headers } = await connection.query(READ, token)
        expect(status).toBe(200)
        if (index % 2 === 0 && headers.connection !== 'close') continue
        connection.close()
        connection = openKeepAliveConnection(origin)
      }
      connection.close()
    }
    const clients = Promise.all(Array.from({ length: 8 }).map(runClient))
    child.kill('SIGUSR2')
    await Promise.race([replacementFinished(cluster), clients])
    isDone = true
    await clients
    expect(cluster.workerPids().filter((pid) => oldPids.includes(pid))).toEqual([])
    expect(cluster.workerPids()).toHaveLength(2)
    child.kill('SIGKILL')
    await cluster.exited
  })

  test('app/W41 stops when a new worker does not start, and the old ones go on', async () => {
    const { settings, flag } = createFailingStart()
    const cluster = await start({ ...settings, LOG_LEVEL: 'error' })
    const oldPids = cluster.workerPids()
    writeFileSync(flag, '')
    cluster.child.kill('SIGUSR2')
    await cluster.waitForOutput(/rolling restart stopped/)
    rmSync(flag)
    expect(cluster.workerPids()).toEqual(expect.arrayContaining([...oldPids]))
    await connectToEachWorker(cluster.origin)
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })

  test('app/W64 a worker that exits during a replacement is restarted once', async () => {
    const cluster = await start({ WORKERS: '3', LOG_LEVEL: 'info' })
    const oldPids = cluster.workerPids()
    cluster.child.kill('SIGUSR2')
    await pollUntil(async () => cluster.workerPids().length > 3)
    process.kill(oldPids[2] ?? 0, 'SIGKILL')
    await replacementFinished(cluster)
    await pollUntil(async () => (await readClusterMetric(cluster.origin, 'fakebook_workers')) === 3)
    expect(cluster.workerPids()).toHaveLength(3)
    expect(cluster.workerPids().filter((pid) => oldPids.includes(pid))).toEqual([])
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })
})
