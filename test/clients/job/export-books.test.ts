import { readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createBookFormatter } from '../../../src/clients/job/book-file.ts'
import { createCsvParser } from '../../../src/clients/job/csv-parser.ts'
import { writeExportFile } from '../../../src/clients/job/export-books.ts'
import type { BookLines } from '../../../src/clients/job/list-books.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

test.each(['a\rb', 'a\nb', 'a,b', 'a"b', '\ufeffa'])('quotes %j in CSV', (title) => {
  const line = createBookFormatter('csv').formatRow({ id: '1', title, author: 'a', cost: 1, numPages: 1 })
  expect(line).toBe(`1,"${title.replace('"', '""')}",a,1.00,1\n`)
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
