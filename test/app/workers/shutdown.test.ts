// How a primary and its workers end, and what becomes of those who are in the middle of something.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../../support/cli-process.ts'
import { type StubIssuer, startStubIssuer } from '../../support/stub-issuer.ts'
import { startHalfSentRequest } from '../../support/workers/half-sent-request.ts'
import {
  connectToEachWorker,
  isListening,
  isProcessAlive,
  pollUntil,
  startWorkerProcesses,
  stopWorkerProcesses,
  waitUntilExited,
} from '../../support/workers/worker-processes.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const LONG_MS = '600000'
const start = (settings: Record<string, string> = {}) => startWorkerProcesses(issuer.url, settings)

test.each(['SIGTERM', 'SIGINT'] as const)(
  'W30 %s: what is in flight at each worker gets its answer, all end, and the primary with 0',
  async (signal) => {
    const several = await start()
    const ids = several.workerPids()
    const asked = await Promise.all([0, 1, 2, 3].map(() => startHalfSentRequest(several.url)))
    several.child.kill(signal)
    await pollUntil(async () => !(await isListening(several.origin)))
    const answers = await Promise.all(asked.map(({ finish }) => finish()))
    expect(answers).toEqual([200, 200, 200, 200])
    expect(await several.exited).toBe(0)
    expect(ids.filter(isProcessAlive)).toEqual([])
  },
)

test('W31 a terminal tells all processes of Ctrl-C: they end once, with 0', async () => {
  const several = await start()
  for (const id of [...several.workerPids(), several.child.pid ?? 0]) process.kill(id, 'SIGINT')
  expect(await several.exited).toBe(0)
})

test('W32 a supervisor that tells all processes to end: they end once, with 0', async () => {
  const several = await start()
  for (const id of [...several.workerPids(), several.child.pid ?? 0]) process.kill(id, 'SIGTERM')
  expect(await several.exited).toBe(0)
})

test('W33 not ready at once, and it serves on for DRAIN_DELAY; a second signal ends all at once, with 1', async () => {
  const several = await start({ DRAIN_DELAY: LONG_MS })
  const ids = several.workerPids()
  const both = await connectToEachWorker(several.origin)
  several.child.kill('SIGTERM')
  for (const kept of both) {
    await pollUntil(async () => (await kept.send('/readyz')).status === 503)
    expect((await kept.query('{ __typename }')).status).toBe(200)
  }
  several.child.kill('SIGINT')
  expect(await several.exited).toBe(1)
  await waitUntilExited(ids)
})

test('W34 told to end while its workers start, it ends', async () => {
  const module = join(createTemporaryFolder(), 'tell.mjs')
  // The first worker tells, before it is anything.
  writeFileSync(
    module,
    `import cluster from 'node:cluster'; if (cluster.isWorker) process.kill(process.ppid, 'SIGTERM')`,
  )
  const started = start({ NODE_OPTIONS: `--import=${module}` })
  await expect(started).rejects.toThrow(/^it ended early:\n$/)
})

test('W35 a primary that is killed leaves nobody behind, and what is in flight gets its answer', async () => {
  const several = await start()
  const ids = several.workerPids()
  const asked = await Promise.all([0, 1].map(() => startHalfSentRequest(several.url)))
  several.child.kill('SIGKILL')
  await pollUntil(async () => !(await isListening(several.origin)))
  const answers = await Promise.all(asked.map(({ finish }) => finish()))
  expect(answers).toEqual([200, 200])
  await waitUntilExited(ids)
})

test('W42 the audit log: lines of all workers are whole, and SIGHUP has each open a new file', async () => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const several = await start({ AUDIT_LOG: file })
  const both = await connectToEachWorker(several.origin)
  const refusals = (count: number) =>
    Promise.all(
      both.map(async (kept) => {
        for (let i = 0; i < count; i += 1)
          expect((await kept.query('{ book(id: 1) { title } }')).status).toBe(401)
      }),
    )
  const written = (path: string) =>
    existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  await refusals(200)
  await pollUntil(async () => written(file).length === 400)
  for (const line of written(file)) expect(JSON.parse(line)).toMatchObject({ event: 'refused', status: 401 })
  renameSync(file, `${file}.1`)
  several.child.kill('SIGHUP')
  await pollUntil(async () => existsSync(file))
  // Once both have opened it, nobody writes to the old one.
  await pollUntil(async () => {
    const old = written(`${file}.1`).length
    await refusals(1)
    return written(`${file}.1`).length === old
  })
  await pollUntil(
    async () => new Set(written(file).map((line) => JSON.parse(line).requestId.split('-')[0])).size === 2,
  )
  expect(await stopWorkerProcesses(several)).toBe(0)
})
