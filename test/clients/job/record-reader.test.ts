import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ParsedRow } from '../../../src/clients/job/book-row.ts'
import { createCsvParser } from '../../../src/clients/job/csv-parser.ts'
import { createJsonlParser } from '../../../src/clients/job/jsonl-parser.ts'
import { MAX_RECORD_BYTES, readRowChunks } from '../../../src/clients/job/record-reader.ts'

const HEADER = 'title,author,cost,num_pages\n'

/** The rows of some bytes that arrive in pieces of these sizes, again and again. */
async function rowsOf(
  bytes: Buffer,
  sizes: readonly number[],
  reading = createCsvParser('b'),
): Promise<ParsedRow[]> {
  async function* chunks() {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1
      yield bytes.subarray(at, at + size)
      at += size
    }
  }
  const rows: ParsedRow[] = []
  for await (const piece of readRowChunks(chunks(), reading, async () => true)) rows.push(...piece.rows)
  return rows
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
/** What a file is made of, well-formed or not. */
const pieces = fc.constantFrom(
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
  .array(pieces, { maxLength: 60 })
  .map((all) => Buffer.concat(all.map((one) => Buffer.from(one, one === '\xe9' ? 'latin1' : 'utf8'))))

test('rows do not depend on how the bytes arrive, in CSV', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, sizes, async (body, some) => {
      const all = Buffer.concat([Buffer.from(HEADER), body])
      expect(await rowsOf(all, some)).toEqual(await rowsOf(all, [all.length]))
    }),
    { numRuns: 500 },
  )
})

test('nor in JSON lines', async () => {
  const line = fc.constantFrom('{"title":"t"}', '{', '', '\r', '[]', '{"a":"\\n"}', '"')
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), sizes, async (lines, some) => {
      const all = Buffer.from(`{}\n${lines.join('\n')}`)
      const whole = await rowsOf(all, [all.length], createJsonlParser('b'))
      expect(await rowsOf(all, some, createJsonlParser('b'))).toEqual(whole)
      const full = lines.flatMap((one, i) => (one === '' || one === '\r' ? [] : [i + 2]))
      expect(whole.map((row) => row.line)).toEqual([1, ...full])
    }),
  )
})

test('a line that is not well-formed costs itself alone: good rows around it are all there', async () => {
  // None that could be the end of a field that another one opens.
  const bad = fc.constantFrom('"open,a,1,1', '"a"b,a,1,1', 'a"b,a,1,1', 'a,b', ',,,,,,')
  const line = fc.oneof(bad, fc.constantFrom('good,a,1,1', '"go,od",a,1,1', '"go ""od""",a,1,1'))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 30 }), sizes, async (lines, some) => {
      const rows = await rowsOf(Buffer.from(`${HEADER}${lines.map((one) => `${one}\n`).join('')}`), some)
      const good = lines.flatMap((one, i) => (/^"?go/.test(one) ? [i + 2] : []))
      expect(rows.filter((row) => 'input' in row).map((row) => row.line)).toEqual(good)
      expect(rows.map((row) => row.line)).toEqual(lines.map((_, i) => i + 2))
    }),
    { numRuns: 500 },
  )
})

/** From one byte too few to be too long to one too many, however it arrives. */
test.each([0, 1])('a record of the most bytes and %i is told apart', async (more) => {
  const end = ',a,1,1\n'
  const title = 'x'.repeat(MAX_RECORD_BYTES - end.length + more)
  for (const size of [1_000, 65_536, 10_000_000]) {
    const rows = await rowsOf(Buffer.from(`${HEADER}${title}${end}good,a,1,1\n`), [size])
    expect(rows.map((row) => [row.line, 'input' in row])).toEqual([
      [2, more === 0],
      [3, true],
    ])
  }
})
