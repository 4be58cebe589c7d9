import { expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import type { ParsedRow } from '../../../src/clients/job/book-row.ts'
import { createCsvParser } from '../../../src/clients/job/csv-parser.ts'
import { createJsonlParser } from '../../../src/clients/job/jsonl-parser.ts'
import { MAX_RECORD_BYTES, readRowChunks } from '../../../src/clients/job/record-reader.ts'

const HEADER = 'title,author,cost,num_pages\n'

/** Reads rows from bytes that arrive in chunks of these sizes, repeated. */
async function readRows(
  bytes: Buffer,
  sizes: readonly number[],
  parser = createCsvParser('b'),
  shouldReadUnterminatedLine = true,
): Promise<ParsedRow[]> {
  async function* chunks() {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1
      yield bytes.subarray(at, at + size)
      at += size
    }
  }
  const rows: ParsedRow[] = []
  for await (const chunk of readRowChunks(chunks(), parser, () => shouldReadUnterminatedLine))
    rows.push(...chunk.rows)
  return rows
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
/** Parts of CSV files, well-formed or not. */
const parts = fc.constantFrom(
  '"',
  '""',
  ',',
  '\n',
  '\r\n',
  '\r',
  'a',
  'é',
  '😀',
  't,a,1,1\n',
  '"x\ny",a,1,1\n',
  '\xe9',
)
const bytes = fc
  .array(parts, { maxLength: 60 })
  .map((texts) => Buffer.concat(texts.map((text) => Buffer.from(text, text === '\xe9' ? 'latin1' : 'utf8'))))

test('reads the same CSV rows however the bytes are chunked', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, sizes, async (body, chunkSizes) => {
      const all = Buffer.concat([Buffer.from(HEADER), body])
      expect(await readRows(all, chunkSizes)).toEqual(await readRows(all, [all.length]))
    }),
    { numRuns: 500 },
  )
})

test('reads the same JSON lines however the bytes are chunked', async () => {
  const line = fc.constantFrom('{"title":"t"}', '{', '', '\r', '[]', '{"a":"\\n"}', '"')
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), sizes, async (lines, chunkSizes) => {
      const all = Buffer.from(`{}\n${lines.join('\n')}`)
      const whole = await readRows(all, [all.length], createJsonlParser('b'))
      expect(await readRows(all, chunkSizes, createJsonlParser('b'))).toEqual(whole)
      const filledLines = lines.flatMap((text, i) => (text === '' || text === '\r' ? [] : [i + 2]))
      expect(whole.map((row) => row.line)).toEqual([1, ...filledLines])
    }),
  )
})

test.each([
  { id: 'job/L01', title: 'an unread line', text: 'title,author', isRead: false, error: undefined },
  { id: 'job/L02', title: 'a line break', text: '\n', isRead: false, error: /it is empty/ },
  { id: 'job/L03', title: 'an unterminated blank line', text: '\n\r', isRead: true, error: /it is empty/ },
])('$id reports a file as empty only when it has no bytes left: $title', async ({ text, isRead, error }) => {
  const result = readRows(Buffer.from(text), [100], createCsvParser('b'), isRead)
  await (error ? expect(result).rejects.toThrow(error) : expect(result).resolves.toEqual([]))
})

test('rejects a malformed line alone, and reads the valid rows around it', async () => {
  // No line may close a quote that another line opens.
  const malformed = fc.constantFrom('"open,a,1,1', '"a"b,a,1,1', 'a"b,a,1,1', 'a,b', ',,,,,,')
  const line = fc.oneof(malformed, fc.constantFrom('good,a,1,1', '"go,od",a,1,1', '"go ""od""",a,1,1'))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 30 }), sizes, async (lines, chunkSizes) => {
      const rows = await readRows(
        Buffer.from(`${HEADER}${lines.map((text) => `${text}\n`).join('')}`),
        chunkSizes,
      )
      const validLines = lines.flatMap((text, i) => (/^"?go/.test(text) ? [i + 2] : []))
      expect(rows.filter((row) => 'input' in row).map((row) => row.line)).toEqual(validLines)
      expect(rows.map((row) => row.line)).toEqual(lines.map((_, i) => i + 2))
    }),
    { numRuns: 500 },
  )
})

test.each([0, 1])('limits a record to MAX_RECORD_BYTES: %i bytes over the limit', async (excess) => {
  const end = ',a,1,1\n'
  const title = 'x'.repeat(MAX_RECORD_BYTES - end.length + excess)
  for (const size of [1_000, 65_536, 10_000_000]) {
    const rows = await readRows(Buffer.from(`${HEADER}${title}${end}good,a,1,1\n`), [size])
    expect(rows.map((row) => [row.line, 'input' in row])).toEqual([
      [2, excess === 0],
      [3, true],
    ])
  }
})

test('rejects a header with unknown columns without a search for each of them', () => {
  const columnCount = 1_000
  const header = Array.from({ length: columnCount }, (_, i) => `c${i}`).join(',')
  const search = jest.spyOn(Array.prototype, 'indexOf')
  expect(() => createCsvParser('b').parse(Buffer.from(header), [1])).toThrow('but it has c0,c1')
  const searchCount = search.mock.calls.length
  search.mockRestore()
  expect(searchCount).toBeLessThan(columnCount)
})
