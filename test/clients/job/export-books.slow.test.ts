import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { resolveJobSettings } from '../../../src/app/job-settings.ts'
import { createBookFormatter, type FileFormat, type ListedBook } from '../../../src/clients/job/book-file.ts'
import { writeExportFile } from '../../../src/clients/job/export-books.ts'
import { streamBookLines } from '../../../src/clients/job/list-books.ts'
import { createSendDocument, type SendDocument } from '../../../src/clients/job/send-document.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { AddBooksDocument } from '../../../src/generated/job/graphql.ts'
import { runCli } from '../../support/cli-process.ts'
import { importFile } from '../../support/job/import-file.ts'
import { respondWithError, startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

let source: Service
let target: Service
let sendToSource: SendDocument
let sendToTarget: SendDocument
let settings: Record<string, string>
beforeAll(async () => {
  source = await startService()
  target = await startService()
  const connect = ({ issuerUrl, apiUrl }: Service) =>
    createSendDocument(resolveJobSettings(parseConfig({ OKTA_ISSUER: issuerUrl, API_URL: apiUrl })))
  sendToSource = await connect(source)
  sendToTarget = await connect(target)
  settings = { OKTA_ISSUER: source.issuerUrl, API_URL: source.apiUrl }
})
afterAll(async () => {
  await source.close()
  await target.close()
})

/** Characters with a meaning in file formats, spreadsheets or terminals. */
const character = fc.oneof(
  fc.constantFrom('"', ',', '=', "'", ';', '\\', '\ufeff', ' ', '“', '\u200f', '😀'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }),
)
const text = fc
  .array(character, { minLength: 1, maxLength: 20 })
  .map((characters) => characters.join(''))
  .filter(
    (value) =>
      /[^\s\p{Default_Ignorable_Code_Point}]/u.test(value) &&
      !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(value),
  )
const book = fc.record({
  title: fc.oneof(
    text,
    text.map((value) => `=${value}`),
  ),
  cost: fc.integer({ min: 0, max: 100_000_000 }).map((cents) => cents / 100),
  numPages: fc.integer({ min: 1, max: 100_000 }),
})

async function fetchBooksByAuthor(sendDocument: SendDocument, author: string): Promise<ListedBook[]> {
  const formatter = { header: '', formatRow: (book: ListedBook) => `${JSON.stringify(book)}\n` }
  let text = ''
  for await (const lines of streamBookLines(sendDocument, { author }, formatter)) text += lines.text
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

let round = 0
test.each<FileFormat>(['csv', 'jsonl'])(
  'imports elsewhere exactly what it exported as %s',
  async (format) => {
    const books = fc.array(book, { minLength: 1, maxLength: 250 })
    await fc.assert(
      fc.asyncProperty(books, async (inputs) => {
        round += 1
        const author = `author "${round}", ${format}`
        const id = (i: number) => String(round * 1_000_000 + i)
        await sendToSource(AddBooksDocument, {
          inputs: inputs.map((input, i) => ({ id: id(i), author, ...input })),
        })
        const file = join(createTemporaryFolder(), `books.${format}`)
        await writeExportFile(file, streamBookLines(sendToSource, { author }, createBookFormatter(format)))
        const { rejectedRows } = await importFile(target, file)
        const imported = await fetchBooksByAuthor(sendToTarget, author)
        expect([rejectedRows, imported.length]).toEqual([[], inputs.length])
        expect(imported).toEqual(await fetchBooksByAuthor(sendToSource, author))
      }),
      { numRuns: 12 },
    )
  },
)

test('writes the same lines to a file, to standard output, and with list --csv or --json', async () => {
  const filter = ['--author', 'Agatha Christie']
  const first = '1,And Then There Were None,Agatha Christie,7.99,300'
  const file = join(createTemporaryFolder(), 'books.csv')
  const exported = await runCli(['job', 'export', file, ...filter], settings)
  expect([exported.status, exported.stdout]).toEqual([
    0,
    expect.stringMatching(/^export .*books\.csv: \d+ books\n$/),
  ])
  const text = readFileSync(file, 'utf8')
  expect(text.split('\n').slice(0, 2)).toEqual(['id,title,author,cost,num_pages', first])
  for (const command of [['export', '-'], ['export'], ['list', '--csv']])
    expect((await runCli(['job', ...command, ...filter], settings)).stdout).toBe(text)
  const json = await runCli(['job', 'list', '--json', ...filter], settings)
  expect(json.stdout.split('\n')[0]).toBe(
    '{"id":"1","title":"And Then There Were None","author":"Agatha Christie","cost":7.99,"num_pages":300}',
  )
  expect((await runCli(['job', 'export', '--format', 'jsonl', ...filter], settings)).stdout).toBe(json.stdout)
  expect((await runCli(['job', 'list', '--json', '--csv'], settings)).status).toBe(2)
})

test('escapes formulas unless the format is raw-csv, and imports both formats', async () => {
  const titles = ["'=1", '=1', 'a']
  await sendToSource(AddBooksDocument, {
    inputs: titles.map((title) => ({ title, author: 'formulas', cost: 1, numPages: 1 })),
  })
  const folder = createTemporaryFolder()
  const toTarget = { OKTA_ISSUER: target.issuerUrl, API_URL: target.apiUrl }
  for (const { format, cells } of [
    { format: 'csv', cells: ["''=1", "'=1", 'a'] },
    { format: 'raw-csv', cells: titles },
  ]) {
    const file = join(folder, `${format}.csv`)
    const exported = ['job', 'export', file, '--format', format, '--author', 'formulas']
    expect((await runCli(exported, settings)).status).toBe(0)
    const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => line.split(',')[1])).toEqual(cells)
    // The last line is rejected: its id is taken there.
    const text = lines.map((line) => line.replace(/^\d+/, '')).join('\n')
    writeFileSync(file, `id,title,author,cost,num_pages\n${text.replace(',a,', '1,=a,')}\n`)
    const imported = await runCli(['job', 'import', file, '--format', format], toTarget)
    expect([imported.status, readdirSync(folder)]).toEqual([
      3,
      expect.arrayContaining([`${format}.rejects.csv`]),
    ])
    const rejected = readFileSync(join(folder, `${format}.rejects.csv`), 'utf8')
    expect(rejected).toContain(format === 'csv' ? ",'=a," : ',=a,')
  }
  const books = await fetchBooksByAuthor(sendToTarget, 'formulas')
  expect(books.map(({ title }) => title)).toEqual(["'=1", '=1', "'=1", '=1'])
})

test('leaves the file unchanged and no temporary file when it fails', async () => {
  const file = join(createTemporaryFolder(), 'books.csv')
  writeFileSync(file, 'before')
  const api = await startInterceptingApi(source.apiUrl, ({ number, response }) => {
    if (number > 1) respondWithError(response, 503)
  })
  await sendToSource(AddBooksDocument, {
    inputs: Array.from({ length: 200 }, () => ({ title: 't', author: 'many', cost: 1, numPages: 1 })),
  })
  const command = ['job', 'export', file, '--patience', '0']
  const { status, stderr } = await runCli(command, { ...settings, API_URL: api })
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^The API rejected the request \(HTTP 503\): not now$/m),
  ])
  expect([readFileSync(file, 'utf8'), readdirSync(dirname(file))]).toEqual(['before', ['books.csv']])
})

test('writes through a symbolic link, and replaces nothing but regular files', async () => {
  const folder = createTemporaryFolder()
  mkdirSync(join(folder, 'folder.csv'))
  writeFileSync(join(folder, 'real.csv'), '')
  symlinkSync(join(folder, 'real.csv'), join(folder, 'link.csv'))
  expect((await runCli(['job', 'export', join(folder, 'link.csv')], settings)).status).toBe(0)
  expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toMatch(/^id,title/)
  const { status, stderr } = await runCli(['job', 'export', join(folder, 'folder.csv')], settings)
  expect([status, stderr]).toEqual([1, expect.stringMatching(/it is not a regular file/)])
  const missing = await runCli(['job', 'export', join(folder, 'none/books.csv')], settings)
  expect([missing.status, missing.stderr]).toEqual([1, expect.stringMatching(/cannot be written/)])
})
