// How workers are replaced: those that end by themselves, and all of them at SIGUSR2.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { temporaryFolder } from '../../support/cli-process.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../../support/stub-issuer.ts'
import {
  eventually,
  gone,
  type Kept,
  keptConnection,
  listens,
  metric,
  oneToEach,
  startSeveral,
  stopped,
} from '../../support/workers/worker-processes.ts'

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

const LONG_MS = '600000'
const start = (settings: Record<string, string> = {}) => startSeveral(issuer.url, settings)

test('W36 a worker that is killed is replaced, and what it was last known to have counted stays', async () => {
  const several = await start({ LOG_LEVEL: 'error' })
  const { origin } = several
  for (const kept of await oneToEach(origin)) await kept.query('{ __typename }')
  const name = 'fakebook_requests_total{method="POST",route="/graphql",status="200"}'
  expect(await metric(origin, name)).toBe(2)
  for (const id of several.workers()) {
    process.kill(id, 'SIGKILL')
    await gone([id])
    await eventually(async () => (await metric(origin, 'fakebook_workers').catch(() => 0)) === 2)
    expect(await metric(origin, name)).toBe(2)
  }
  await oneToEach(origin)
  expect(several.text.out.match(/"a worker ended"/g)).toHaveLength(2)
  expect(await stopped(several)).toBe(0)
})

test('W43 a connection that was on its way to a worker that is killed ends, and does not hang', async () => {
  const several = await start()
  const [id = 0] = several.workers()
  process.kill(id, 'SIGSTOP')
  const asked = [1, 2, 3, 4].map(() => keptConnection(several.origin).send('/healthz'))
  // The other one serves; the one that stands still was given one and has not taken it.
  const ends: string[] = []
  for (const one of asked)
    one.then(
      () => ends.push('answered'),
      () => ends.push('broken'),
    )
  await eventually(async () => ends.length === 3)
  process.kill(id, 'SIGKILL')
  await eventually(async () => ends.length === 4)
  expect(ends).toEqual(['answered', 'answered', 'answered', 'broken'])
  expect(await stopped(several)).toBe(0)
})

test('W37 a worker that is told to end by itself ends in good order, and is replaced', async () => {
  const several = await start()
  const [first = 0, ...others] = several.workers()
  process.kill(first, 'SIGTERM')
  await gone([first])
  await eventually(async () => several.workers().length === 2)
  expect(several.workers()).toEqual(expect.arrayContaining(others))
  await oneToEach(several.origin)
  expect(await stopped(several)).toBe(0)
})

/** A module that lets workers end at their start while a file is there. */
function ending() {
  const folder = temporaryFolder()
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
  process.kill(several.workers()[0] ?? 0, 'SIGKILL')
  // More than it would try if nobody served.
  await eventually(async () => readFileSync(flag, 'utf8').length > 4)
  expect(await listens(several.origin)).toBe(true)
  rmSync(flag)
  await eventually(async () => (await metric(several.origin, 'fakebook_workers')) === 2)
  expect(await stopped(several)).toBe(0)
})

test('W39 where nobody serves and nobody can be started it says so and ends with 1', async () => {
  const { settings, flag } = ending()
  const several = await start({ ...settings, LOG_LEVEL: 'fatal' })
  writeFileSync(flag, '')
  for (const id of several.workers()) process.kill(id, 'SIGKILL')
  expect(await several.exited).toBe(1)
  expect(several.text.out).toContain('workers end as soon as they start: this process ends')
})

test('W40 SIGUSR2: each worker is replaced under load, no request is lost, and sums do not fall', async () => {
  const several = await start({ DRAIN_DELAY: LONG_MS })
  const { origin, child } = several
  const token = await issuer.sign()
  const before = several.workers()
  const seen = new Set(
    (await Promise.all((await oneToEach(origin)).map((one) => one.send('/healthz')))).map(
      ({ worker }) => worker,
    ),
  )
  let [over, asked] = [false, 0]
  // Half of them keep their connection until they are told that an answer is the last, half come anew each time.
  const client = async (_: unknown, index: number) => {
    let kept: Kept = keptConnection(origin)
    while (!over) {
      const { status, headers } = await kept.query('{ book(id: 1) { title } }', token)
      expect(status).toBe(200)
      asked += 1
      if (index % 2 === 0 && headers.connection !== 'close') continue
      kept.close()
      kept = keptConnection(origin)
    }
    kept.close()
  }
  const clients = Array.from({ length: 8 }).map(client)
  child.kill('SIGUSR2')
  await Promise.race([gone(before), ...clients])
  await eventually(async () => several.workers().length === 2)
  over = true
  await Promise.all(clients)
  const now = await Promise.all((await oneToEach(origin)).map((one) => one.send('/healthz')))
  expect(now.filter(({ worker }) => seen.has(worker))).toEqual([])
  const name = 'fakebook_requests_total{method="POST",route="/graphql",status="200"}'
  expect(await metric(origin, name)).toBe(asked)
  child.kill('SIGKILL')
  await several.exited
})

test('W41 a restart whose new worker does not start ends there: the old ones serve', async () => {
  const { settings, flag } = ending()
  const several = await start({ ...settings, LOG_LEVEL: 'error' })
  const before = several.workers()
  writeFileSync(flag, '')
  several.child.kill('SIGUSR2')
  await several.printed(/the restart ends here/)
  rmSync(flag)
  expect(several.workers()).toEqual(expect.arrayContaining([...before]))
  await oneToEach(several.origin)
  expect(await stopped(several)).toBe(0)
})
