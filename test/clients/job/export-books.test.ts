import { readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  createBookFormatter,
  createRejectFormatter,
  type FileFormat,
} from '../../../src/clients/job/book-file.ts'
import { createCsvParser } from '../../../src/clients/job/csv-parser.ts'
import { writeExportFile } from '../../../src/clients/job/export-books.ts'
import type { BookLines } from '../../../src/clients/job/list-books.ts'
import { FORMULAS } from '../../cases/import/formulas.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

/** Returns the cell of a title, as it is in the file. */
const formatTitle = (format: FileFormat, title: string) =>
  createBookFormatter(format)
    .formatRow({ id: '1', title, author: 'a', cost: 1, numPages: 1 })
    .slice(2, -',a,1.00,1\n'.length)

const quoteCsvField = (text: string) => (/[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function parseTitle(isRaw: boolean, cell: string): unknown {
  const text = `title,author,cost,num_pages\n${cell},a,1.00,1\n`
  const [row] = createCsvParser('b', isRaw).parse(Buffer.from(text), [1, 2]) ?? []
  return row && 'input' in row ? row.input.title : row
}

test.each(['a\rb', 'a\nb', 'a,b', 'a"b', 'a;b', 'a\tb', '\ufeffa'])('quotes %j in CSV', (title) => {
  const line = createBookFormatter('csv').formatRow({ id: '1', title, author: 'a', cost: 1, numPages: 1 })
  expect(line).toBe(`1,"${title.replace('"', '""')}",a,1.00,1\n`)
})

test.each(FORMULAS)('$id writes $title', ({ text, cell }) => {
  expect([formatTitle('csv', text), formatTitle('raw-csv', text)]).toEqual([cell, quoteCsvField(text)])
  expect([parseTitle(false, cell), parseTitle(true, quoteCsvField(text))]).toEqual([text, text])
})

test('formulas/F20 writes no cell that starts a formula, and reads every text as it was', () => {
  const parts = fc.constantFrom(
    "'",
    '=',
    '+',
    '-',
    '@',
    '\t',
    '\r',
    '\n',
    '\0',
    '＝',
    '＠',
    '"',
    ',',
    ';',
    ' ',
    'a',
  )
  const text = fc.oneof(
    fc.array(parts, { maxLength: 8 }).map((array) => array.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(text, (title) => {
      const cell = formatTitle('csv', title)
      expect(cell).not.toMatch(/^"?[=+\-@\t\r\n\0＝＋－＠]/)
      expect([parseTitle(false, cell), parseTitle(true, formatTitle('raw-csv', title))]).toEqual([
        title,
        title,
      ])
    }),
    { numRuns: 2_000 },
  )
})

test('formulas/F21 escapes the cells of a rejects file, and reads them as they were', () => {
  const values = { title: '=1', author: '@a', cost: '-1+cmd', num_pages: '+1', id: '-1' }
  const line = createRejectFormatter('csv').formatRow({
    line: 2,
    reason: 'cost: must be a number.',
    ...values,
  })
  expect(line).toBe("2,cost: must be a number.,'-1,'=1,'@a,'-1+cmd,'+1\n")
  const header = 'line,reason,id,title,author,cost,num_pages\n'
  const [row] = createCsvParser('b').parse(Buffer.from(header + line), [1, 2]) ?? []
  expect(row).toMatchObject({ values })
})

test('writes costs with two decimals, and reads them as the same numbers', () => {
  const { formatRow } = createBookFormatter('csv')
  const parser = createCsvParser('b')
  parser.parse(Buffer.from('id,title,author,cost,num_pages\n'), [1])
  for (let first = 0; first < 200_000; first += 1_000) {
    // Small amounts, and large ones with the same cents.
    const cents = Array.from({ length: 1_000 }, (_, i) => first + i + (first % 2_000 === 0 ? 0 : 99_000_000))
    const books = cents.map((amount) => ({
      id: '1',
      title: 't',
      author: 'a',
      cost: amount / 100,
      numPages: 1,
    }))
    const lines = books.map(formatRow)
    expect(lines.every((line) => /,\d+\.\d\d,1\n$/.test(line))).toBe(true)
    const rows = parser.parse(Buffer.from(lines.join('')), cents) ?? []
    expect(rows.map((row) => ('input' in row ? row.input.cost : row))).toEqual(books.map(({ cost }) => cost))
  }
})

test('replaces the file when the export is complete', async () => {
  const file = join(createTemporaryFolder(), 'books.csv')
  writeFileSync(file, 'before')
  async function* chunks(): AsyncGenerator<BookLines> {
    yield { text: 'a\n', bookCount: 1 }
    expect(readFileSync(file, 'utf8')).toBe('before')
    yield { text: 'b\n', bookCount: 1 }
  }
  expect(await writeExportFile(file, chunks())).toBe(2)
  expect([readFileSync(file, 'utf8'), readdirSync(dirname(file))]).toEqual(['a\nb\n', ['books.csv']])
})

test('writes the temporary file beside the target of a symbolic link, which may be on another file system', async () => {
  const link = join(createTemporaryFolder(), 'link.csv')
  const target = join(createTemporaryFolder(), 'books.csv')
  writeFileSync(target, 'before')
  symlinkSync(target, link)
  async function* chunks(): AsyncGenerator<BookLines> {
    yield { text: 'a\n', bookCount: 1 }
    expect([readdirSync(dirname(link)), readdirSync(dirname(target)).length]).toEqual([['link.csv'], 2])
  }
  await writeExportFile(link, chunks())
  expect([readFileSync(target, 'utf8'), readdirSync(dirname(target))]).toEqual(['a\n', ['books.csv']])
  expect(readlinkSync(link)).toBe(target)
})

test('leaves the file unchanged and no temporary file when the export fails', async () => {
  const file = join(createTemporaryFolder(), 'books.csv')
  writeFileSync(file, 'before')
  async function* chunks(): AsyncGenerator<BookLines> {
    yield { text: 'a\n', bookCount: 1 }
    throw new Error('away')
  }
  await expect(writeExportFile(file, chunks())).rejects.toThrow('away')
  expect([readFileSync(file, 'utf8'), readdirSync(dirname(file))]).toEqual(['before', ['books.csv']])
})
