import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli } from '../../support/cli-process.ts'
import { CSV_HEADER, csvRows, writeTemporaryFile } from '../../support/job/import-file.ts'
import { type Service, startService } from '../../support/service.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

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
  expect(JSON.parse(stdout)).toMatchObject({
    event: 'summary',
    outcome: 'done',
    read: 3,
    stored: 2,
    rejected: 1,
    rejects,
  })
  expect([status, stderr]).toEqual([3, expect.stringMatching(/^import books\.csv: 3 read/)])
})
