import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli } from '../../support/cli-process.ts'
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

test('prints a summary line, and exits 3 when rows were rejected', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}${csvRows(2, 'summary')}c,summary,x,1\n`, 'books.csv')
  const { status, stdout, stderr } = await runCli(['job', 'import', file], settings)
  const rejects = file.replace('books.csv', 'books.rejects.csv')
  expect(stdout).toMatch(
    /^import books\.csv: 3 read, 2 stored, 1 rejected \(.*books\.rejects\.csv\), \d+\.\d s, \d+\/s\n$/,
  )
  expect([status, stderr, existsSync(rejects)]).toEqual([3, '', true])
})

test('exits 0 and writes no rejects file when no row was rejected', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(2, 'summary'), 'books.csv')
  const { status } = await runCli(['job', 'import', file], settings)
  expect([status, existsSync(file.replace('books.csv', 'books.rejects.csv'))]).toEqual([0, false])
})

test('prints JSON to standard output and the summary line to standard error with --json', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}${csvRows(2, 'json')}c,json,x,1\n`, 'books.csv')
  const rejects = join(createTemporaryFolder(), 'rejects.csv')
  const command = ['job', 'import', file, '--json', '--rejects', rejects]
  const { status, stdout, stderr } = await runCli(command, settings)
  // An import that takes longer than a second also prints its progress.
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    event: 'summary',
    outcome: 'done',
    read: 3,
    stored: 2,
    rejected: 1,
    rejects,
  })
  expect([status, stderr]).toEqual([3, expect.stringMatching(/^import books\.csv: 3 read/)])
})

test.each([
  { id: 'job/Q01', title: 'one request at a time', options: [], concurrency: 1 },
  { id: 'job/Q02', title: 'several requests with --unordered', options: ['--unordered'], concurrency: 4 },
])('$id sends $title', async ({ id, options, concurrency }) => {
  let active = 0
  let maxActive = 0
  const api = await startInterceptingApi(service.apiUrl, async ({ forward }) => {
    active += 1
    maxActive = Math.max(maxActive, active)
    await waitUntil(async () => maxActive >= concurrency)
    await forward()
    active -= 1
  })
  const file = writeTemporaryFile(CSV_HEADER + csvRows(2_500, id), 'books.csv')
  const { status } = await runCli(['job', 'import', file, ...options], { ...settings, API_URL: api })
  expect([status, maxActive]).toEqual([0, concurrency])
  const titles = await fetchTitlesByAuthor(service, id)
  const expected = Array.from({ length: 2_500 }, (_, i) => `book ${i}`)
  expect(concurrency === 1 ? titles : new Set(titles)).toEqual(
    concurrency === 1 ? expected : new Set(expected),
  )
})
