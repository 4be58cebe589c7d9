import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { resolveJobSettings } from '../../../src/app/job-settings.ts'
import { createSendDocument } from '../../../src/clients/job/send-document.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { AddBooksDocument } from '../../../src/generated/job/graphql.ts'
import { runCli, spawnCli } from '../../support/cli-process.ts'
import {
  CSV_HEADER,
  csvRows,
  fetchTitlesByAuthor,
  writeTemporaryFile,
} from '../../support/job/import-file.ts'
import { startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { waitUntil } from '../../support/wait-until.ts'

let service: Service
let settings: Record<string, string>
beforeAll(async () => {
  service = await startService()
  settings = { OKTA_ISSUER: service.issuerUrl, API_URL: service.apiUrl }
})
afterAll(() => service.close())

/** Runs a command, and sends the signal while its first request is in flight. */
async function interruptCommand(command: readonly string[], signal: NodeJS.Signals) {
  let job: ReturnType<typeof spawnCli> | undefined
  const api = await startInterceptingApi(service.apiUrl, async ({ number }) => {
    if (number > 1) return
    job?.child.kill(signal)
    await waitUntil(async () => /Stopping|Interrupted/.test(job?.text.stderr ?? ''))
  })
  job = spawnCli(['job', ...command], { ...settings, API_URL: api })
  return { exitCode: await job.exited, ...job.text }
}

test('finishes the requests in flight on SIGTERM, sends no more, and prints how to resume', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3_000, 'stopped'), 'books.csv')
  const { exitCode, stdout, stderr } = await interruptCommand(['import', file], 'SIGTERM')
  expect([exitCode, stdout]).toEqual([143, expect.stringMatching(/: stopped after \d+ read, 500 stored, 0/)])
  expect(stderr).toMatch(/--from-line 502 /)
  expect(await fetchTitlesByAuthor(service, 'stopped')).toHaveLength(500)
  const resumed = await runCli(['job', 'import', file, '--from-line', '502'], settings)
  expect([resumed.status, resumed.stdout]).toEqual([
    0,
    expect.stringMatching(/3000 read, 500 skipped, 2500 stored/),
  ])
  expect(new Set(await fetchTitlesByAuthor(service, 'stopped')).size).toBe(3_000)
})

const INTERRUPTED_COMMANDS: readonly {
  readonly id: string
  readonly command: 'import' | 'export'
  readonly target: 'books.csv' | '-'
  readonly signal: NodeJS.Signals
  readonly exitCode: number
  readonly message: RegExp
}[] = [
  {
    id: 'job/S01',
    command: 'import',
    target: 'books.csv',
    signal: 'SIGINT',
    exitCode: 130,
    message: /To resume/,
  },
  {
    id: 'job/S02',
    command: 'import',
    target: 'books.csv',
    signal: 'SIGTERM',
    exitCode: 143,
    message: /To resume/,
  },
  {
    id: 'job/S03',
    command: 'export',
    target: 'books.csv',
    signal: 'SIGINT',
    exitCode: 130,
    message: /Interrupted: .*books\.csv is unchanged\./,
  },
  {
    id: 'job/S04',
    command: 'export',
    target: '-',
    signal: 'SIGTERM',
    exitCode: 143,
    message: /Interrupted: the output is incomplete\./,
  },
]
test.each(INTERRUPTED_COMMANDS)('$id $command $target exits $exitCode on $signal', async (row) => {
  const { id, command, target, signal, exitCode, message } = row
  const content = CSV_HEADER + csvRows(3, id)
  const file = writeTemporaryFile(content, 'books.csv')
  const sendDocument = await createSendDocument(resolveJobSettings(parseConfig(settings)))
  // More than one page, so that an export has a request left to send.
  const book = { title: 't', author: id, cost: 1, numPages: 1 }
  await sendDocument(AddBooksDocument, { inputs: Array.from({ length: 150 }, () => book) })
  const result = await interruptCommand([command, target === '-' ? '-' : file], signal)
  expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringMatching(message)])
  expect(readFileSync(file, 'utf8')).toBe(content)
  expect(readdirSync(dirname(file))).toEqual(['books.csv'])
})

const ADD = ['add', '--title', 'Curtain', '--author', 'S', '--cost', '1', '--pages', '1']

test.each([
  { id: 'job/S05', command: ['list'], signal: 'SIGINT', exitCode: 130, message: /output is incomplete/ },
  { id: 'job/S06', command: ['list'], signal: 'SIGTERM', exitCode: 143, message: /output is incomplete/ },
  { id: 'job/S07', command: ADD, signal: 'SIGINT', exitCode: 130, message: /may have been added/ },
  { id: 'job/S08', command: ADD, signal: 'SIGTERM', exitCode: 143, message: /may have been added/ },
  { id: 'job/S09', command: ['export', '-'], signal: 'SIGINT', exitCode: 130, message: /incomplete/ },
] as const)('$id $command.0 exits $exitCode on $signal', async ({ command, signal, exitCode, message }) => {
  const result = await interruptCommand(command, signal)
  expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringMatching(message)])
})

test('terminates at once on the second signal', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'twice'), 'books.csv')
  let hasArrived = false
  const silentApi = await startInterceptingApi(undefined, () => {
    hasArrived = true
    return new Promise(() => undefined)
  })
  const job = spawnCli(['job', 'import', file], { ...settings, API_URL: silentApi })
  await waitUntil(async () => hasArrived)
  await waitUntil(async () => {
    job.child.kill('SIGINT')
    return job.child.signalCode !== null
  })
  expect([await job.exited, job.child.signalCode]).toEqual([null, 'SIGINT'])
})

test('stops while it waits for a named pipe without a writer', async () => {
  const pipe = join(createTemporaryFolder(), 'pipe.csv')
  execFileSync('mkfifo', [pipe])
  const writer = openSync(pipe, 'r+')
  try {
    writeSync(writer, `${CSV_HEADER}a,pipe,1,1\n`)
    const job = spawnCli(['job', 'import', pipe, '--json'], settings)
    await job.waitForOutput(/"read":1/)
    job.child.kill('SIGINT')
    expect([await job.exited, job.text.stderr]).toEqual([130, expect.stringMatching(/stopped after 1 read/)])
  } finally {
    closeSync(writer)
  }
})
