import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createCsvParser } from '../../../src/clients/job/csv-parser.ts'
import { connectDocumentClient, type DocumentClient } from '../../../src/clients/job/document-client.ts'
import { streamExportChunks, writeExportFile } from '../../../src/clients/job/export-file.ts'
import type { FileFormat } from '../../../src/clients/job/file-format.ts'
import { fetchBookPages } from '../../../src/clients/job/list-books.ts'
import { createBookFormatter, type ListedBook } from '../../../src/clients/job/row-formatter.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { AddBooksDocument } from '../../../src/generated/job/graphql.ts'
import { createTemporaryFolder, runCli } from '../../support/cli-process.ts'
import { importFile } from '../../support/job/import-file.ts'
import { respondWithError, startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'

let from: Service
let to: Service
let runs: { from: DocumentClient; to: DocumentClient }
let place: Record<string, string>
beforeAll(async () => {
  from = await startService()
  to = await startService()
  const running = ({ issuerUrl, apiUrl }: Service) =>
    connectDocumentClient(parseConfig({ OKTA_ISSUER: issuerUrl, API_URL: apiUrl }))
  runs = { from: await running(from), to: await running(to) }
  place = { OKTA_ISSUER: from.issuerUrl, API_URL: from.apiUrl }
})
afterAll(async () => {
  await from.close()
  await to.close()
})

/** Letters that formats, spreadsheets and terminals make something of. */
const letter = fc.oneof(
  fc.constantFrom(
    '"',
    ',',
    '\n',
    '\r',
    '\r\n',
    '=',
    "'",
    ';',
    '\t',
    '\\',
    '\ufeff',
    ' ',
    '“',
    '\u2028',
    '😀',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }),
)
const text = fc
  .array(letter, { minLength: 1, maxLength: 20 })
  .map((letters) => letters.join(''))
  .filter((one) => one.trim() !== '' && !one.includes('\0') && one.isWellFormed())
const book = fc.record({
  title: fc.oneof(
    text,
    text.map((one) => `=${one}`),
  ),
  cost: fc.integer({ min: 0, max: 100_000_000 }).map((cents) => cents / 100),
  numPages: fc.integer({ min: 1, max: 100_000 }),
})

async function allBy(run: DocumentClient, author: string): Promise<ListedBook[]> {
  const all: ListedBook[] = []
  for await (const books of fetchBookPages(run, { author })) all.push(...books)
  return all
}

let round = 0
test.each<FileFormat>(['csv', 'jsonl'])(
  'what is exported as %s and imported elsewhere is the same',
  async (format) => {
    const books = fc.array(book, { minLength: 1, maxLength: 250 })
    await fc.assert(
      fc.asyncProperty(books, async (given) => {
        round += 1
        const author = `author "${round}", ${format}`
        const id = (i: number) => String(round * 1_000_000 + i)
        await runs.from(AddBooksDocument, { inputs: given.map((one, i) => ({ id: id(i), author, ...one })) })
        const file = join(createTemporaryFolder(), `books.${format}`)
        await writeExportFile(file, streamExportChunks(runs.from, { author }, format))
        const { rejectedRows } = await importFile(to, file)
        const [there, here] = [await allBy(runs.to, author), await allBy(runs.from, author)]
        expect([rejectedRows, there.length]).toEqual([[], given.length])
        expect(there).toEqual(here)
      }),
      { numRuns: 12 },
    )
  },
)

test.each(['a\rb', 'a\nb', 'a,b', 'a"b', '\ufeffa'])(
  '%j is quoted, for readers that are not ours',
  (title) => {
    const line = createBookFormatter('csv').formatRow({ id: '1', title, author: 'a', cost: 1, numPages: 1 })
    expect(line).toBe(`1,"${title.replace('"', '""')}",a,1.00,1\n`)
  },
)

test('every amount of cents is written with two decimals, and read as the same number', () => {
  const { formatRow } = createBookFormatter('csv')
  const reading = createCsvParser('b')
  reading.parse(Buffer.from('id,title,author,cost,num_pages\n'), [1])
  for (let first = 0; first < 200_000; first += 1_000) {
    // Every cent of the small ones, and the same cents far up.
    const cents = Array.from({ length: 1_000 }, (_, i) => first + i + (first % 2_000 === 0 ? 0 : 99_000_000))
    const books = cents.map((cent) => ({ id: '1', title: 't', author: 'a', cost: cent / 100, numPages: 1 }))
    const lines = books.map(formatRow)
    expect(lines.every((line) => /,\d+\.\d\d,1\n$/.test(line))).toBe(true)
    const read = reading.parse(Buffer.from(lines.join('')), cents) ?? []
    expect(read.map((one) => ('input' in one ? one.input.cost : one))).toEqual(books.map(({ cost }) => cost))
  }
})

test('export to a file, to standard output, and what list prints for programs are the same', async () => {
  const filter = ['--author', 'Agatha Christie']
  const first = '1,And Then There Were None,Agatha Christie,7.99,300'
  const file = join(createTemporaryFolder(), 'books.csv')
  const exported = await runCli(['job', 'export', file, ...filter], place)
  expect([exported.status, exported.stdout]).toEqual([
    0,
    expect.stringMatching(/^export .*books\.csv: \d+ books\n$/),
  ])
  const text = readFileSync(file, 'utf8')
  expect(text.split('\n').slice(0, 2)).toEqual(['id,title,author,cost,num_pages', first])
  for (const command of [['export', '-'], ['export'], ['list', '--csv']])
    expect((await runCli(['job', ...command, ...filter], place)).stdout).toBe(text)
  const json = await runCli(['job', 'list', '--json', ...filter], place)
  expect(json.stdout.split('\n')[0]).toBe(
    '{"id":"1","title":"And Then There Were None","author":"Agatha Christie","cost":7.99,"num_pages":300}',
  )
  expect((await runCli(['job', 'export', '--format', 'jsonl', ...filter], place)).stdout).toBe(json.stdout)
  expect((await runCli(['job', 'list', '--json', '--csv'], place)).status).toBe(2)
})

test('an export that fails leaves the file as it was, and nothing beside it', async () => {
  const file = join(createTemporaryFolder(), 'books.csv')
  writeFileSync(file, 'before')
  const api = await startInterceptingApi(from.apiUrl, ({ number, response }) => {
    if (number > 1) respondWithError(response, 503)
  })
  await runs.from(AddBooksDocument, {
    inputs: Array.from({ length: 200 }, () => ({ title: 't', author: 'many', cost: 1, numPages: 1 })),
  })
  const command = ['job', 'export', file, '--patience', '0']
  const { status, stderr } = await runCli(command, { ...place, API_URL: api })
  expect([status, stderr]).toEqual([1, expect.stringMatching(/Gave up/)])
  expect([readFileSync(file, 'utf8'), readdirSync(dirname(file))]).toEqual(['before', ['books.csv']])
})

test('it goes through a link, and replaces nothing that is no file', async () => {
  const folder = createTemporaryFolder()
  mkdirSync(join(folder, 'folder.csv'))
  writeFileSync(join(folder, 'real.csv'), '')
  symlinkSync(join(folder, 'real.csv'), join(folder, 'link.csv'))
  expect((await runCli(['job', 'export', join(folder, 'link.csv')], place)).status).toBe(0)
  expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toMatch(/^id,title/)
  const { status, stderr } = await runCli(['job', 'export', join(folder, 'folder.csv')], place)
  expect([status, stderr]).toEqual([1, expect.stringMatching(/it is no file/)])
  const none = await runCli(['job', 'export', join(folder, 'none/books.csv')], place)
  expect([none.status, none.stderr]).toEqual([1, expect.stringMatching(/cannot be written/)])
})
