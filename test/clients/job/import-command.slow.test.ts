import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { acquireImportLock } from '../../../src/clients/job/import-lock.ts'
import { runCli, spawnCli } from '../../support/cli-process.ts'
import {
  CSV_HEADER,
  csvRows,
  fetchTitlesByAuthor,
  writeTemporaryFile,
} from '../../support/job/import-file.ts'
import { respondWithError, startInterceptingApi } from '../../support/job/intercepting-api.ts'
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

test('recognizes rows of standard input by --name', async () => {
  const input = CSV_HEADER + csvRows(3, 'piped')
  for (const _ of [1, 2]) {
    const { status, stdout } = await runCli(['job', 'import', '-', '--name', 'may'], settings, input)
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^import may: 3 read, 3 stored/)])
  }
  expect(await fetchTitlesByAuthor(service, 'piped')).toHaveLength(3)
  const jsonl = '{"title":"a","author":"piped jsonl","cost":1,"num_pages":1}'
  const { status } = await runCli(['job', 'import', '-', '--name', 'x', '--format', 'jsonl'], settings, jsonl)
  expect([status, await fetchTitlesByAuthor(service, 'piped jsonl')]).toEqual([0, ['a']])
})

test.each([
  { id: 'job/N01', file: '/dev/fd/0' },
  { id: 'job/N02', file: '/dev/stdin' },
])('$id uses --name for the label and the rejects file of $file', async ({ file }) => {
  const command = ['job', 'import', file, '--name', 'may/june', '--format', 'csv']
  // A shell passes a pipe, as a process substitution does; Node would pass a socket, which cannot be opened.
  const wrapperCommand = ['sh', '-c', 'cat | "$@"', 'sh']
  const input = `${CSV_HEADER}t,named,none,1\n`
  const { status, stdout } = await runCli(command, settings, input, wrapperCommand)
  expect([status, stdout]).toEqual([
    3,
    expect.stringMatching(/^import may\/june: 1 read, 0 stored, 1 rejected \(may-june\.rejects\.csv\)/),
  ])
})

test('imports with DPoP-bound tokens', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'bound'), 'b.csv')
  const { status } = await runCli(['job', 'import', file, '--dpop'], settings)
  expect([status, await fetchTitlesByAuthor(service, 'bound')]).toEqual([0, ['book 0', 'book 1', 'book 2']])
})

const folder = createTemporaryFolder()
mkdirSync(join(folder, 'folder.csv'))
writeFileSync(join(folder, 'books.csv'), CSV_HEADER)
writeFileSync(join(folder, 'books.txt'), CSV_HEADER)
symlinkSync('books.csv', join(folder, 'link.csv'))
linkSync(join(folder, 'books.csv'), join(folder, 'same.csv'))
const path = (name: string) => join(folder, name)

const REJECTED_COMMANDS: readonly {
  readonly id: string
  readonly title: string
  readonly args: readonly string[]
  readonly exitCode: 1 | 2
  readonly message: RegExp
}[] = [
  {
    id: 'job/U01',
    title: 'a missing file',
    args: [path('none.csv')],
    exitCode: 1,
    message: /none\.csv cannot be read: no such file or directory\./,
  },
  {
    id: 'job/U02',
    title: 'a directory',
    args: [path('folder.csv')],
    exitCode: 1,
    message: /folder\.csv cannot be read: it is a directory\./,
  },
  {
    id: 'job/U03',
    title: 'an unknown file extension',
    args: [path('books.txt')],
    exitCode: 2,
    message: /--format csv or --format jsonl/,
  },
  {
    id: 'job/U04',
    title: 'an unknown format',
    args: [path('books.csv'), '--format', 'xml'],
    exitCode: 2,
    message: /csv, jsonl/,
  },
  {
    id: 'job/U05',
    title: 'standard input without --name',
    args: ['-'],
    exitCode: 2,
    message: /needs --name/,
  },
  {
    id: 'job/U06',
    title: '/dev/stdin without --name',
    args: ['/dev/stdin', '--format', 'csv'],
    exitCode: 2,
    message: /needs --name/,
  },
  {
    id: 'job/U07',
    title: 'a process substitution without --name',
    args: ['/dev/fd/0', '--format', 'csv'],
    exitCode: 2,
    message: /needs --name/,
  },
  {
    id: 'job/U08',
    title: 'the imported file as --rejects',
    args: [path('books.csv'), '--rejects', path('books.csv')],
    exitCode: 2,
    message: /another file/,
  },
  {
    id: 'job/U09',
    title: 'a symbolic link to the imported file as --rejects',
    args: [path('books.csv'), '--rejects', path('link.csv')],
    exitCode: 2,
    message: /another file/,
  },
  {
    id: 'job/U10',
    title: 'a hard link to the imported file as --rejects',
    args: [path('books.csv'), '--rejects', path('same.csv')],
    exitCode: 2,
    message: /another file/,
  },
  {
    id: 'job/U11',
    title: 'a directory as --rejects',
    args: [path('books.csv'), '--rejects', path('folder.csv')],
    exitCode: 1,
    message: /is a directory/,
  },
  {
    id: 'job/U12',
    title: '--rejects in a missing directory',
    args: [path('books.csv'), '--rejects', path('no/where.csv')],
    exitCode: 1,
    message: /rejected rows cannot be written/,
  },
  {
    id: 'job/U13',
    title: '--from-line 0',
    args: [path('books.csv'), '--from-line', '0'],
    exitCode: 2,
    message: /'--from-line <line>' argument '0' is invalid\. It must be a whole number from 1 /,
  },
  { id: 'job/U14', title: 'no file', args: [], exitCode: 2, message: /missing required argument/ },
]
test.each(REJECTED_COMMANDS)('$id rejects $title', async ({ args, exitCode, message }) => {
  const { status, stdout, stderr } = await runCli(['job', 'import', ...args], settings)
  expect([status, stdout, stderr]).toEqual([exitCode, '', expect.stringMatching(message)])
  expect(stderr).not.toMatch(/\.ts:\d/)
})

test('exits 1 and prints how to resume when the API is unavailable for longer than --patience', async () => {
  const api = await startInterceptingApi(undefined, ({ response }) => respondWithError(response, 503))
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'away'), 'books.csv')
  const command = ['job', 'import', file, '--patience', '0']
  const { status, stdout, stderr } = await runCli(command, { ...settings, API_URL: api })
  expect([status, stdout]).toEqual([
    1,
    expect.stringMatching(/^import books\.csv: failed after 3 read, 0 stored/),
  ])
  expect(stderr).toMatch(/run the same command again.*--from-line 2 /)
  expect(stderr).toMatch(/^The API rejected the request \(HTTP 503\): not now$/m)
})

test('exits 1 when the client may not write', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'denied'), 'books.csv')
  const client = { OKTA_CLIENT_ID: 'fakebook-webapp', OKTA_CLIENT_SECRET: 'fakebook-webapp-secret' }
  const { status, stderr } = await runCli(['job', 'import', file], { ...settings, ...client })
  expect([status, stderr]).toEqual([1, expect.stringMatching(/unauthorized_client/)])
})

test('exits 1 when the lock file cannot be created', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(1, 'nowhere'), 'books.csv')
  const { status, stderr } = await runCli(['job', 'import', file], { ...settings, TMPDIR: '/nonexistent' })
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^The lock file .* cannot be opened: .*\n$/)])
})

test('rejects a second import to the same API, and releases the lock of a killed process', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'locked'), 'books.csv')
  const releaseLock = acquireImportLock(service.apiUrl)
  const second = await runCli(['job', 'import', file], settings)
  expect([second.status, second.stderr]).toEqual([
    1,
    expect.stringMatching(/Another import to .* is running/),
  ])
  releaseLock()
  let hasArrived = false
  const silentApi = await startInterceptingApi(undefined, () => {
    hasArrived = true
    return new Promise(() => undefined)
  })
  const job = spawnCli(['job', 'import', file], { ...settings, API_URL: silentApi })
  await waitUntil(async () => hasArrived)
  expect(() => acquireImportLock(silentApi)).toThrow(/Another import/)
  job.child.kill('SIGKILL')
  await job.exited
  acquireImportLock(silentApi)()
})

test('does not overwrite the file on standard input with its rejected rows', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}a,over,x,1\n`, 'may.rejects.csv')
  const wrapperCommand = ['sh', '-c', 'cd "$(dirname "$FILE")" && exec "$@" < "$FILE"', 'sh']
  const { status, stderr } = await runCli(
    ['job', 'import', '-', '--name', 'may'],
    { ...settings, FILE: file },
    undefined,
    wrapperCommand,
  )
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--rejects/)])
  expect(readFileSync(file, 'utf8')).toMatch(/^title/)
})

test('keeps the rejected rows of the earlier run when it resumes from a line', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}t,a,none,1\nt,a,nothing,1\n`, 'bad.csv')
  const first = await runCli(['job', 'import', file], settings)
  const second = await runCli(['job', 'import', file, '--from-line', '3'], settings)
  expect([first.status, second.status]).toEqual([3, 3])
  const rejects = readFileSync(file.replace('.csv', '.rejects.csv'), 'utf8').trim().split('\n')
  expect(rejects.map((line) => /,(none|nothing),/.exec(line)?.[1])).toEqual([
    undefined,
    'none',
    'nothing',
    'nothing',
  ])
})
