import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTemporaryFolder, runCli, spawnCli } from '../../support/cli-process.ts'
import {
  CSV_HEADER,
  csvRows,
  fetchTitlesByAuthor,
  writeTemporaryFile,
} from '../../support/job/import-file.ts'
import { startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'
import { waitUntil } from '../../support/wait-until.ts'

let service: Service
let place: Record<string, string>
beforeAll(async () => {
  service = await startService()
  place = { OKTA_ISSUER: service.issuerUrl, API_URL: service.apiUrl }
})
afterAll(() => service.close())

test('SIGTERM: what is under way arrives, nothing more is sent, and it says how to go on', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3_000, 'stopped'), 'books.csv')
  let job: ReturnType<typeof spawnCli> | undefined
  const api = await startInterceptingApi(service.apiUrl, async ({ number }) => {
    if (number > 1) return
    job?.child.kill('SIGTERM')
    await waitUntil(async () => job?.text.stderr.includes('Stopping') ?? false)
  })
  job = spawnCli(['job', 'import', file, '--in-flight', '1'], { ...place, API_URL: api })
  expect([await job.exited, job.text.stdout]).toEqual([
    0,
    expect.stringMatching(/: stopped after \d+ read, 500 stored, 0/),
  ])
  expect(job.text.stderr).toMatch(/--from-line 502 /)
  expect(await fetchTitlesByAuthor(service, 'stopped')).toHaveLength(500)
  const settled = await runCli(['job', 'import', file, '--from-line', '502'], place)
  expect([settled.status, settled.stdout]).toEqual([
    0,
    expect.stringMatching(/3000 read, 500 skipped, 2500 stored/),
  ])
  expect(new Set(await fetchTitlesByAuthor(service, 'stopped')).size).toBe(3_000)
})

test('a second signal does not wait', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'twice'), 'books.csv')
  let arrived = false
  const silent = await startInterceptingApi(undefined, () => {
    arrived = true
    return new Promise(() => undefined)
  })
  const job = spawnCli(['job', 'import', file], { ...place, API_URL: silent })
  await waitUntil(async () => arrived)
  await waitUntil(async () => {
    job.child.kill('SIGINT')
    return job.child.signalCode !== null
  })
  expect([await job.exited, job.child.signalCode]).toEqual([null, 'SIGINT'])
})

test('a pipe that nobody writes into any more does not keep it from stopping', async () => {
  const pipe = join(createTemporaryFolder(), 'pipe.csv')
  execFileSync('mkfifo', [pipe])
  const writer = openSync(pipe, 'r+')
  try {
    writeSync(writer, `${CSV_HEADER}a,pipe,1,1\n`)
    const job = spawnCli(['job', 'import', pipe, '--json'], place)
    await job.waitForOutput(/"read":1/)
    job.child.kill('SIGINT')
    expect([await job.exited, job.text.stderr]).toEqual([0, expect.stringMatching(/stopped after 1 read/)])
  } finally {
    closeSync(writer)
  }
})

test('a run that goes on from a line keeps the rows that the one before rejected', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}t,a,none,1\nt,a,nothing,1\n`, 'bad.csv')
  const first = await runCli(['job', 'import', file], place)
  const second = await runCli(['job', 'import', file, '--from-line', '3'], place)
  expect([first.status, second.status]).toEqual([3, 3])
  const rejects = readFileSync(file.replace('.csv', '.rejects.csv'), 'utf8').trim().split('\n')
  expect(rejects.map((line) => /,(none|nothing),/.exec(line)?.[1])).toEqual([
    undefined,
    'none',
    'nothing',
    'nothing',
  ])
})
