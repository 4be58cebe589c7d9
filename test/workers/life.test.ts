// How a primary and its workers end, and what becomes of those who are in the middle of something.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { temporaryFolder } from '../program.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../scripted-issuer.ts'
import { halfAsked } from './half-asked.ts'
import {
  eventually,
  type Kept,
  keptConnection,
  lives,
  metric,
  oneToEach,
  type Several,
  startSeveral,
} from './several.ts'

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

const LONG_MS = '600000'
const start = (settings: Record<string, string> = {}) => startSeveral(issuer.url, settings)
const stop = async ({ child, exited }: Several) => {
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
}
const gone = (ids: readonly number[]) => eventually(async () => !ids.some(lives))
const listens = (origin: string) =>
  keptConnection(origin)
    .send('/healthz')
    .then(
      () => true,
      () => false,
    )

test.each(['SIGTERM', 'SIGINT'] as const)(
  'W30 %s: what is in flight at each worker gets its answer, all end, and the primary with 0',
  async (signal) => {
    const several = await start()
    const ids = several.workers()
    const asked = await Promise.all([0, 1, 2, 3].map(() => halfAsked(several.url)))
    several.child.kill(signal)
    await eventually(async () => !(await listens(several.origin)))
    const answers = await Promise.all(asked.map(({ finish }) => finish()))
    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ status: 200, connection: 'close' })))
    expect(await several.exited).toBe(0)
    expect(ids.filter(lives)).toEqual([])
  },
)

test('W31 a terminal tells all processes of Ctrl-C: they end once, with 0', async () => {
  const several = await start()
  for (const id of [...several.workers(), several.child.pid ?? 0]) process.kill(id, 'SIGINT')
  expect(await several.exited).toBe(0)
})

test('W32 a supervisor that tells all processes to end: they end once, with 0', async () => {
  const several = await start()
  for (const id of [...several.workers(), several.child.pid ?? 0]) process.kill(id, 'SIGTERM')
  expect(await several.exited).toBe(0)
})

test('W33 not ready at once, and it serves on for DRAIN_DELAY; a second signal ends all at once, with 1', async () => {
  const several = await start({ DRAIN_DELAY: LONG_MS })
  const ids = several.workers()
  const both = await oneToEach(several.origin)
  several.child.kill('SIGTERM')
  for (const kept of both) {
    await eventually(async () => (await kept.send('/readyz')).status === 503)
    expect((await kept.query('{ __typename }')).status).toBe(200)
  }
  several.child.kill('SIGINT')
  expect(await several.exited).toBe(1)
  await gone(ids)
})

test('W34 told to end while its workers start, it ends', async () => {
  const module = join(temporaryFolder(), 'tell.mjs')
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
  const ids = several.workers()
  const asked = await Promise.all([0, 1].map(() => halfAsked(several.url)))
  several.child.kill('SIGKILL')
  await eventually(async () => !(await listens(several.origin)))
  const answers = await Promise.all(asked.map(({ finish }) => finish()))
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  await gone(ids)
})

test('W36 a worker that is killed is replaced, and what it was last known to have counted stays', async () => {
  const several = await start({ LOG_LEVEL: 'error' })
  const { origin } = several
  for (const kept of await oneToEach(origin)) await kept.query('{ __typename }')
  const name = 'fakebook_requests_total{method="POST",route="/graphql",status="200"}'
  expect(await metric(origin, name)).toBe(2)
  for (const id of several.workers()) {
    process.kill(id, 'SIGKILL')
    await gone([id])
    await eventually(async () => (await metric(origin, 'fakebook_workers')) === 2)
    expect(await metric(origin, name)).toBe(2)
  }
  await oneToEach(origin)
  expect(several.text.out.match(/a worker ended, and is replaced/g)).toHaveLength(2)
  await stop(several)
})

test('W37 a worker that is told to end by itself ends in good order, and is replaced', async () => {
  const several = await start()
  const [first = 0, ...others] = several.workers()
  process.kill(first, 'SIGTERM')
  await gone([first])
  await eventually(async () => several.workers().length === 2)
  expect(several.workers()).toEqual(expect.arrayContaining(others))
  await oneToEach(several.origin)
  await stop(several)
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
  await stop(several)
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
  await stop(several)
})

test('W42 the audit log: lines of all workers are whole, and SIGHUP has each open a new file', async () => {
  const file = join(temporaryFolder(), 'audit.log')
  const several = await start({ AUDIT_LOG: file })
  const both = await oneToEach(several.origin)
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
  await eventually(async () => written(file).length === 400)
  for (const line of written(file)) expect(JSON.parse(line)).toMatchObject({ event: 'refused', status: 401 })
  renameSync(file, `${file}.1`)
  several.child.kill('SIGHUP')
  await eventually(async () => existsSync(file))
  // Once both have opened it, nobody writes to the old one.
  await eventually(async () => {
    const old = written(`${file}.1`).length
    await refusals(1)
    return written(`${file}.1`).length === old
  })
  await eventually(
    async () => new Set(written(file).map((line) => JSON.parse(line).requestId.split('-')[0])).size === 2,
  )
  await stop(several)
})
