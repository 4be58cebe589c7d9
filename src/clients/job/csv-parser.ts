import { isUtf8 } from 'node:buffer'
import { CsvError, type Options, parse } from 'csv-parse/sync'
import { BOOK_FILE_COLUMNS, isRejectedRow, type ParsedRow, parseBookRow, REJECT_COLUMNS } from './book-row.ts'
import { decodeText, excerpt, NOT_UTF8_REASON, stripByteOrderMark } from './encoding.ts'
import { JobError } from './errors.ts'
import { MAX_RECORD_BYTES, RECORD_TOO_LONG, type RecordParser } from './record-reader.ts'

const STRICT: Options = {
  record_delimiter: ['\r\n', '\n'],
  relax_column_count: true,
  skip_empty_lines: true,
}
/** For the eyes of whoever mends a row. */
const LENIENT: Options = { ...STRICT, relax_quotes: true }

const IS_NUMBER = /^-?\d+(\.\d+)?$/
const IS_WHOLE = /^-?\d+$/

const QUOTES =
  'its quotes do not match: inside of a quoted field, a quote is written twice, as in "a ""good"" book".'

/**
 * Reads CSV (RFC 4180) whose first record is a header; `line` and `reason` of a file of rejected rows are read past.
 * @param label what the file is called in a fault
 * @throws (while reading) JobError when the header is not right
 */
export function createCsvParser(label: string): RecordParser {
  /** The columns' names, in the file's order; undefined before the header was read. */
  let names: readonly string[] | undefined

  const wrongHeader = (found: string) =>
    new JobError(
      `${label} must begin with the header ${BOOK_FILE_COLUMNS.join(',')} (in any order, id may be left out), in UTF-8 and with commas: ${found}.`,
    )

  function headed([first = [], ...others]: readonly string[][]): readonly string[][] {
    names = first.map((name) => name.trim())
    const fault = headerFault(names)
    if (fault) throw wrongHeader(fault)
    return others
  }

  return {
    allowsQuotedLineBreaks: true,
    parse(bytes, lines) {
      const text = lines[0] === 1 ? stripByteOrderMark(bytes) : bytes
      const records = isUtf8(text) ? parsed(text, STRICT) : undefined
      if (records?.length !== lines.length) return undefined
      const behind = names ? 0 : 1
      const rest = names ? records : headed(records)
      const columns = names ?? []
      return rest.map((fields, i) => rowOf(columns, fields, lines[i + behind] ?? 0))
    },
    rejectMalformed(line, bytes) {
      const text = decodeText(bytes)
      if (!names) throw wrongHeader(`it says ${excerpt(text)}`)
      const long = bytes.length > MAX_RECORD_BYTES
      const [fields] = (long ? undefined : parsed(Buffer.from(text), LENIENT)) ?? []
      const reason = isUtf8(bytes) ? QUOTES : NOT_UTF8_REASON
      return { line, reason: long ? RECORD_TOO_LONG : reason, values: ownOf(names, fields ?? []) }
    },
    finish() {
      if (!names) throw wrongHeader('it is empty')
    },
  }
}

/** All records, or undefined when one of them is not well-formed. */
function parsed(text: Buffer, options: Options): string[][] | undefined {
  try {
    return parse(text, options)
  } catch (error) {
    if (error instanceof CsvError) return undefined
    throw error
  }
}

function rowOf(names: readonly string[], fields: readonly string[], line: number): ParsedRow {
  const own = ownOf(names, fields)
  if (fields.length !== names.length)
    return {
      line,
      reason: `it has ${fields.length} columns, and the header has ${names.length}.`,
      values: own,
    }
  const { cost = '', num_pages = '' } = own
  const numbers = { cost: numberIn(cost, IS_NUMBER), num_pages: numberIn(num_pages, IS_WHOLE) }
  const row = parseBookRow(line, { ...own, ...numbers })
  return isRejectedRow(row) ? { ...row, values: own } : row
}

/** NaN for what is no number; `Number` alone would read nothing as 0, and take hexadecimals. */
const numberIn = (text: string, shape: RegExp) => (shape.test(text.trim()) ? Number(text) : Number.NaN)

function ownOf(names: readonly string[], fields: readonly string[]): Record<string, string> {
  const own: Record<string, string> = {}
  for (const [i, name] of names.entries()) if (!REJECT_COLUMNS.includes(name)) own[name] = fields[i] ?? ''
  return own
}

/** What is wrong with a header; undefined when nothing is. */
function headerFault(names: readonly string[]): string | undefined {
  const known: readonly string[] = [...BOOK_FILE_COLUMNS, ...REJECT_COLUMNS]
  const unknown = names.filter((name) => !known.includes(name))
  const missing = BOOK_FILE_COLUMNS.filter((name) => name !== 'id' && !names.includes(name))
  const twice = names.filter((name, i) => names.indexOf(name) !== i)
  if (unknown.length > 0) return `it has ${excerpt(unknown.join(','))}`
  if (missing.length > 0) return `it lacks ${missing.join(', ')}`
  return twice.length > 0 ? `it has ${twice.join(', ')} twice` : undefined
}
