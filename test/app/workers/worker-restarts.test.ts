// How workers are replaced: those that end by themselves, and all of them at SIGUSR2.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../../support/cli-process.ts'
import { type StubIssuer, startStubIssuer } from '../../support/stub-issuer.ts'
import {
  connectToEachWorker,
  isListening,
  type KeepAliveConnection,
  openKeepAliveConnection,
  pollUntil,
  readAggregatedMetric,
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

test('W36 a worker that is killed is replaced, and what it was last known to have counted stays', async () => {
  const several = await start({ LOG_LEVEL: 'error' })
  const { origin } = several
  for (const kept of await connectToEachWorker(origin)) await kept.query('{ __typename }')
  const name = 'fakebook_requests_total{method="POST",route="/graphql",status="200"}'
  expect(await readAggregatedMetric(origin, name)).toBe(2)
  for (const id of several.workerPids()) {
    process.kill(id, 'SIGKILL')
    await waitUntilExited([id])
    await pollUntil(async () => (await readAggregatedMetric(origin, 'fakebook_workers').catch(() => 0)) === 2)
    expect(await readAggregatedMetric(origin, name)).toBe(2)
  }
  await connectToEachWorker(origin)
  expect(several.text.stdout.match(/"a worker ended"/g)).toHaveLength(2)
  expect(await stopWorkerProcesses(several)).toBe(0)
})

test('W43 a connection that was on its way to a worker that is killed ends, and does not hang', async () => {
  const several = await start()
  const [id = 0] = several.workerPids()
  process.kill(id, 'SIGSTOP')
  const asked = [1, 2, 3, 4].map(() => openKeepAliveConnection(several.origin).send('/healthz'))
  // The other one serves; the one that stands still was given one and has not taken it.
  const ends: string[] = []
  for (const one of asked)
    one.then(
      () => ends.push('answered'),
      () => ends.push('broken'),
    )
  await pollUntil(async () => ends.length === 3)
  process.kill(id, 'SIGKILL')
  await pollUntil(async () => ends.length === 4)
  expect(ends).toEqual(['answered', 'answered', 'answered', 'broken'])
  expect(await stopWorkerProcesses(several)).toBe(0)
})

test('W37 a worker that is told to end by itself ends in good order, and is replaced', async () => {
  const several = await start()
  const [first = 0, ...others] = several.workerPids()
  process.kill(first, 'SIGTERM')
  await waitUntilExited([first])
  await pollUntil(async () => several.workerPids().length === 2)
  expect(several.workerPids()).toEqual(expect.arrayContaining(others))
  await connectToEachWorker(several.origin)
  expect(await stopWorkerProcesses(several)).toBe(0)
})

/** A module that lets workers end at their start while a file is there. */
function ending() {
  const folder = createTemporaryFolder()
  const [module, flag] = [join(folder, 'end.mjs'), join(folder, 'flag')]
  writeFileSync(
    module,
    `import cluster from 'node:cluster'; import { existsSync, appendFileSync } from 'node:fs'
     if (cluster.isWorker && existsSync('${flag}')) { appendFileSync('${flag}', 'x'); process.exit(3) }`,
  )
  return { settings: { NODE_OPTIONS: `--import=${module}` }, flag }
}

test('W38 while one serves, it goes on trying to start another', async () => {
  const { settings, flag } = ending()
  const several = await start(settings)
  writeFileSync(flag, '')
  process.kill(several.workerPids()[0] ?? 0, 'SIGKILL')
  // More than it would try if nobody served.
  await pollUntil(async () => readFileSync(flag, 'utf8').length > 4)
  expect(await isListening(several.origin)).toBe(true)
  rmSync(flag)
  await pollUntil(async () => (await readAggregatedMetric(several.origin, 'fakebook_workers')) === 2)
  expect(await stopWorkerProcesses(several)).toBe(0)
})

test('W39 where nobody serves and nobody can be started it says so and ends with 1', async () => {
  const { settings, flag } = ending()
  const several = await start({ ...settings, LOG_LEVEL: 'fatal' })
  writeFileSync(flag, '')
  for (const id of several.workerPids()) process.kill(id, 'SIGKILL')
  expect(await several.exited).toBe(1)
  expect(several.text.stdout).toContain('workers end as soon as they start: this process ends')
})

test('W40 SIGUSR2: each worker is replaced under load, no request is lost, and sums do not fall', async () => {
  const several = await start({ DRAIN_DELAY: LONG_MS })
  const { origin, child } = several
  const token = await issuer.signToken()
  const before = several.workerPids()
  const seen = new Set(
    (await Promise.all((await connectToEachWorker(origin)).map((one) => one.send('/healthz')))).map(
      ({ workerId }) => workerId,
    ),
  )
  let [over, asked] = [false, 0]
  // Half of them keep their connection until they are told that an answer is the last, half come anew each time.
  const client = async (_: unknown, index: number) => {
    let kept: KeepAliveConnection = openKeepAliveConnection(origin)
    while (!over) {
      const { status, headers } = await kept.query('{ book(id: 1) { title } }', token)
      expect(status).toBe(200)
      asked += 1
      if (index % 2 === 0 && headers.connection !== 'close') continue
      kept.close()
      kept = openKeepAliveConnection(origin)
    }
    kept.close()
  }
  const clients = Array.from({ length: 8 }).map(client)
  child.kill('SIGUSR2')
  await Promise.race([waitUntilExited(before), ...clients])
  await pollUntil(async () => several.workerPids().length === 2)
  over = true
  await Promise.all(clients)
  const now = await Promise.all((await connectToEachWorker(origin)).map((one) => one.send('/healthz')))
  expect(now.filter(({ workerId }) => seen.has(workerId))).toEqual([])
  const name = 'fakebook_requests_total{method="POST",route="/graphql",status="200"}'
  expect(await readAggregatedMetric(origin, name)).toBe(asked)
  child.kill('SIGKILL')
  await several.exited
})

test('W41 a restart whose new worker does not start ends there: the old ones serve', async () => {
  const { settings, flag } = ending()
  const several = await start({ ...settings, LOG_LEVEL: 'error' })
  const before = several.workerPids()
  writeFileSync(flag, '')
  several.child.kill('SIGUSR2')
  await several.waitForOutput(/the restart ends here/)
  rmSync(flag)
  expect(several.workerPids()).toEqual(expect.arrayContaining([...before]))
  await connectToEachWorker(several.origin)
  expect(await stopWorkerProcesses(several)).toBe(0)
})
