import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { resolveJobSettings } from '../../../src/app/job-settings.ts'
import { createSendDocument } from '../../../src/clients/job/send-document.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { openDatabase } from '../../../src/database/database.ts'
import { AddBookDocument, ListBooksDocument } from '../../../src/generated/job/graphql.ts'
import { runCli } from '../../support/cli-process.ts'
import { startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../../support/service.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

let service: Service
let settings: Record<string, string>
beforeAll(async () => {
  service = await startService()
  settings = { OKTA_ISSUER: service.issuerUrl, API_URL: service.apiUrl }
})
afterAll(() => service.close())

test('generates documents with the scopes that the schema requires', () => {
  expect(ListBooksDocument.__meta__?.requiredScopes).toEqual([READ_SCOPE])
  expect(AddBookDocument.__meta__?.requiredScopes).toEqual([ADMIN_SCOPE])
})

test('lists books, filters them, and adds one', async () => {
  const all = await runCli(['job', 'list'], settings)
  const [header, firstRow, ...others] = all.stdout.split('\n')
  expect([all.status, header, firstRow]).toEqual([
    0,
    '   ID  TITLE                            AUTHOR                      COST   PAGES',
    '    1  And Then There Were None         Agatha Christie             7.99     300',
  ])
  expect(others.slice(4)).toEqual(['', '5 books', ''])
  const filtered = await runCli(['job', 'list', '--title', 'moon'], settings)
  expect(filtered.stdout).toMatch(/^.*PAGES\n {4}5 {2}The Moonstone .*\n\n1 book\n$/)
  const book = ['--id', '77', '--title', 'Curtain', '--author', 'Agatha Christie']
  const added = await runCli(['job', 'add', ...book, '--cost', '7.99', '--pages', '250'], settings)
  expect([added.status, added.stdout]).toEqual([0, 'Added book 77: Curtain by Agatha Christie.\n'])
})

test.each([
  { id: 'job/O01', title: 'a full disk', shell: 'exec "$@" > /dev/full', code: 'ENOSPC', listStatus: 1 },
  {
    id: 'job/O02',
    title: 'a closed pipe',
    shell: '{ "$@"; echo "status $?" >&2; } | true',
    code: 'EPIPE',
    listStatus: 0,
  },
])('$id reports that a book was added, but not printed: $title', async ({ shell, code, listStatus }) => {
  const add = ['add', '--title', 'unprinted', '--author', code, '--cost', '1', '--pages', '1']
  // "true" ends long before the job writes.
  const run = async (command: string[]) => {
    const { status, stderr } = await runCli(['job', ...command], settings, undefined, [
      'sh',
      '-c',
      shell,
      'sh',
    ])
    return { stderr, status: Number(/^status (\d)$/m.exec(stderr)?.[1] ?? status) }
  }
  const added = await run(add)
  expect(added.status).toBe(1)
  expect(added.stderr).toMatch(
    new RegExp(`^Book \\d+ was added, but standard output cannot be written: .*${code}`),
  )
  expect((await run(['list'])).status).toBe(listStatus)
  expect((await runCli(['job', 'list', '--author', code], settings)).stdout).toMatch(/unprinted/)
})

test.each([
  { id: 'job/P01', pageLimit: 2, requests: 5 },
  { id: 'job/P02', pageLimit: 5, requests: 3 },
  { id: 'job/P03', pageLimit: 99, requests: 3 },
  { id: 'job/P04', pageLimit: 100, requests: 1 },
])('$id lists all books of an API whose PAGE_LIMIT is $pageLimit', async ({ pageLimit, requests }) => {
  const limited = await startService({ PAGE_LIMIT: String(pageLimit) })
  let count = 0
  const api = await startInterceptingApi(limited.apiUrl, () => {
    count += 1
  })
  const listed = await runCli(['job', 'list', '--csv'], { OKTA_ISSUER: limited.issuerUrl, API_URL: api })
  expect([listed.status, listed.stderr]).toEqual([0, ''])
  expect(listed.stdout.match(/^\d+/gm)).toEqual(['1', '2', '3', '4', '5'])
  expect(count).toBe(requests)
  await limited.close()
})

test('prints "No books match." without a header, and nothing with --json', async () => {
  const list = ['job', 'list', '--author', 'No Such Author']
  expect(await runCli(list, settings)).toEqual({ status: 0, stdout: 'No books match.\n', stderr: '' })
  expect(await runCli([...list, '--json'], settings)).toEqual({ status: 0, stdout: '', stderr: '' })
})

test.each([
  {
    id: 'job/LA01',
    title: 'an empty cost',
    cost: '',
    pages: '1',
    message: "'--cost <dollars>' argument '' is invalid. It must be a price such as 7.99.",
  },
  {
    id: 'job/LA02',
    title: 'a cost that is no number',
    cost: 'abc',
    pages: '1',
    message: "'--cost <dollars>' argument 'abc' is invalid. It must be a price such as 7.99.",
  },
  {
    id: 'job/LA03',
    title: 'an empty number of pages',
    cost: '1',
    pages: '',
    message: 'It must be a whole number from 1',
  },
  {
    id: 'job/LA04',
    title: 'a fraction of a page',
    cost: '1',
    pages: '1.5',
    message: "'--pages <count>' argument '1.5' is invalid. It must be a whole number from 1",
  },
])('$id rejects $title and adds no book', async ({ cost, pages, message }) => {
  const book = ['--title', 'Unpriced', '--author', 'Agatha Christie', '--cost', cost, '--pages', pages]
  const { status, stdout, stderr } = await runCli(['job', 'add', ...book], settings)
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)])
  expect(stderr).toContain('--help')
})

test.each([{ dpop: false }, { dpop: true }])(
  'requests the missing scopes and sends the document again (dpop: $dpop)',
  async ({ dpop }) => {
    const error = jest.spyOn(console, 'error').mockReturnValue(undefined)
    const document = (text: string) => ({ toString: () => text, __meta__: { requiredScopes: [READ_SCOPE] } })
    const sendDocument = await createSendDocument(resolveJobSettings(parseConfig(settings)), { dpop })
    const data = await sendDocument(document('{ book(id: 1) { addedBy } }'), {})
    expect(data).toEqual({ book: { addedBy: 'fakebook' } })
    await expect(sendDocument(document('{ book { id } }'), {})).rejects.toThrow(/HTTP 400/)
    expect(error).toHaveBeenCalledTimes(1)
    error.mockRestore()
  },
)

test('names the doctor when the authorization server rejects the client', async () => {
  const client = { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'wrong' }
  const { status, stdout, stderr } = await runCli(['job', 'list'], { ...settings, ...client })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/ rejected the request: invalid_client: .* Run "npm run doctor", /)
})

test('prints a title on one line and without control characters', async () => {
  // Earlier versions accepted such a title.
  const url = `file:${join(createTemporaryFolder(), 'books.db')}`
  const database = await openDatabase(url)
  await database.updateTable('books').set({ title: 'two\nlines\u001b[2J\tx' }).where('id', '=', 5).execute()
  await database.destroy()
  const other = await startService({ DATABASE_URL: url })
  const otherSettings = { OKTA_ISSUER: other.issuerUrl, API_URL: other.apiUrl }
  const { stdout } = await runCli(['job', 'list', '--author', 'Wilkie Collins'], otherSettings)
  await other.close()
  expect(stdout).toMatch(/^.*PAGES\n +5 {2}two lines \[2J x +Wilkie Collins +9\.25 +528\n\n1 book\n$/)
})
