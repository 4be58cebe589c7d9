import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { acquireImportLock } from '../../../src/clients/job/import-lock.ts'
import { createTemporaryFolder, runCli, spawnCli } from '../../support/cli-process.ts'
import {
  CSV_HEADER,
  csvRows,
  fetchTitlesByAuthor,
  writeTemporaryFile,
} from '../../support/job/import-file.ts'
import { respondWithError, startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'
import { waitUntil } from '../../support/wait-until.ts'

let service: Service
let place: Record<string, string>
beforeAll(async () => {
  service = await startService()
  place = { OKTA_ISSUER: service.issuerUrl, API_URL: service.apiUrl }
})
afterAll(() => service.close())

test('it says what came of it, in a line; 3 when rows were rejected', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}${csvRows(2, 'said')}c,said,x,1\n`, 'books.csv')
  const { status, stdout, stderr } = await runCli(['job', 'import', file], place)
  const rejects = file.replace('books.csv', 'books.rejects.csv')
  expect(stdout).toMatch(
    /^import books\.csv: 3 read, 2 stored, 1 rejected \(.*books\.rejects\.csv\), \d+\.\d s, \d+\/s\n$/,
  )
  expect([status, stderr, existsSync(rejects)]).toEqual([3, '', true])
  const good = writeTemporaryFile(CSV_HEADER + csvRows(2, 'said'), 'books.csv')
  const { status: zero } = await runCli(['job', 'import', good], place)
  expect([zero, existsSync(good.replace('books.csv', 'books.rejects.csv'))]).toEqual([0, false])
})

test('--json: a line for programs on standard output, the line for logs beside it', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}${csvRows(2, 'json')}c,json,x,1\n`, 'books.csv')
  const rejects = join(createTemporaryFolder(), 'bad.csv')
  const { status, stdout, stderr } = await runCli(
    ['job', 'import', file, '--json', '--rejects', rejects],
    place,
  )
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

test('standard input under a name is known again under it', async () => {
  const input = CSV_HEADER + csvRows(3, 'piped')
  for (const _ of [1, 2]) {
    const { status, stdout } = await runCli(['job', 'import', '-', '--name', 'may'], place, input)
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^import may: 3 read, 3 stored/)])
  }
  expect(await fetchTitlesByAuthor(service, 'piped')).toHaveLength(3)
  const jsonl = '{"title":"a","author":"piped jsonl","cost":1,"num_pages":1}'
  const { status } = await runCli(['job', 'import', '-', '--name', 'x', '--format', 'jsonl'], place, jsonl)
  expect([status, await fetchTitlesByAuthor(service, 'piped jsonl')]).toEqual([0, ['a']])
})

test('with --dpop its tokens are bound to a key', async () => {
  const { status } = await runCli(
    ['job', 'import', writeTemporaryFile(CSV_HEADER + csvRows(3, 'bound'), 'b.csv'), '--dpop'],
    place,
  )
  expect([status, await fetchTitlesByAuthor(service, 'bound')]).toEqual([0, ['book 0', 'book 1', 'book 2']])
})

const folder = createTemporaryFolder()
mkdirSync(join(folder, 'folder.csv'))
writeFileSync(join(folder, 'books.csv'), CSV_HEADER)
writeFileSync(join(folder, 'books.txt'), CSV_HEADER)
symlinkSync('books.csv', join(folder, 'link.csv'))
linkSync(join(folder, 'books.csv'), join(folder, 'same.csv'))
const path = (name: string) => join(folder, name)

/** What is typed, the exit status, and words that say what would be right. */
const WRONG: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['no such file', [path('none.csv')], 1, /none\.csv cannot be read: there is no such file\./],
  ['a directory', [path('folder.csv')], 1, /folder\.csv cannot be read: it is a directory\./],
  ['a name that says no format', [path('books.txt')], 2, /--format csv or --format jsonl/],
  ['a format that there is not', [path('books.csv'), '--format', 'xml'], 2, /csv, jsonl/],
  ['standard input without a name', ['-'], 2, /needs --name/],
  ['and by a path', ['/dev/stdin', '--format', 'csv'], 2, /needs --name/],
  ['as the shell’s <(…)', ['/dev/fd/0', '--format', 'csv'], 2, /needs --name/],
  ['rejects over the file itself', [path('books.csv'), '--rejects', path('books.csv')], 2, /another file/],
  ['and by a link to it', [path('books.csv'), '--rejects', path('link.csv')], 2, /another file/],
  ['and by its other name', [path('books.csv'), '--rejects', path('same.csv')], 2, /another file/],
  ['rejects into a directory', [path('books.csv'), '--rejects', path('folder.csv')], 1, /is a directory/],
  [
    'rejects into nowhere',
    [path('books.csv'), '--rejects', path('no/where.csv')],
    1,
    /rejected rows cannot be written/,
  ],
  ['no requests at once', [path('books.csv'), '--in-flight', '0'], 2, /from 1 to 64/],
  ['no file', [], 2, /missing required argument/],
]
test.each(WRONG)('%s', async (_, command, exit, words) => {
  const { status, stdout, stderr } = await runCli(['job', 'import', ...command], place)
  expect([status, stdout, stderr]).toEqual([exit, '', expect.stringMatching(words)])
  expect(stderr).not.toMatch(/\.ts:\d/)
})

test('an API that is away for longer than patience: exit 1, and how to go on', async () => {
  const api = await startInterceptingApi(undefined, ({ response }) => respondWithError(response, 503))
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'away'), 'books.csv')
  const command = ['job', 'import', file, '--patience', '0']
  const { status, stdout, stderr } = await runCli(command, { ...place, API_URL: api })
  expect([status, stdout]).toEqual([
    1,
    expect.stringMatching(/^import books\.csv: failed after 3 read, 0 stored/),
  ])
  expect(stderr).toMatch(/run the same command again.*--from-line 2 /)
  expect(stderr).toMatch(/Gave up after .*HTTP 503/)
})

test('a client that may not write: exit 1 and why', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'denied'), 'books.csv')
  const settings = { OKTA_CLIENT_ID: 'fakebook-webapp', OKTA_CLIENT_SECRET: 'fakebook-webapp-secret' }
  const { status, stderr } = await runCli(['job', 'import', file], { ...place, ...settings })
  expect([status, stderr]).toEqual([1, expect.stringMatching(/unauthorized_client/)])
})

test('a lock that cannot be made is told in a line', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(1, 'nowhere'), 'books.csv')
  const { status, stderr } = await runCli(['job', 'import', file], { ...place, TMPDIR: '/nonexistent' })
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^The lock .* cannot be had: .*\n$/)])
})

test('two imports to one API do not overlap; one that was killed is in nobody’s way', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3, 'locked'), 'books.csv')
  const unlock = acquireImportLock(service.apiUrl)
  const second = await runCli(['job', 'import', file], place)
  expect([second.status, second.stderr]).toEqual([
    1,
    expect.stringMatching(/Another import to .* is running/),
  ])
  unlock()
  let arrived = false
  const silent = await startInterceptingApi(undefined, () => {
    arrived = true
    return new Promise(() => undefined)
  })
  const held = spawnCli(['job', 'import', file], { ...place, API_URL: silent })
  await waitUntil(async () => arrived)
  expect(() => acquireImportLock(silent)).toThrow(/Another import/)
  held.child.kill('SIGKILL')
  await held.exited
  acquireImportLock(silent)()
})

test('what is read from standard input is not written over with its own rejected rows', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}a,over,x,1\n`, 'may.rejects.csv')
  const from = { ...place, FROM: file }
  const through = ['sh', '-c', 'cd "$(dirname "$FROM")" && exec "$@" < "$FROM"', 'sh']
  const { status, stderr } = await runCli(['job', 'import', '-', '--name', 'may'], from, undefined, through)
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--rejects/)])
  expect(readFileSync(file, 'utf8')).toMatch(/^title/)
})
