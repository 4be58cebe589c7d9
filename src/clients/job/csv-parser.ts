import { CsvError, type Options, parse } from 'csv-parse/sync'
import { BOOK_FILE_COLUMNS, REJECT_COLUMNS, unescapeFormula } from './book-file.ts'
import { isRejectedRow, type ParsedRow, parseBookRow } from './book-row.ts'
import { excerpt } from './encoding.ts'
import { JobError } from './errors.ts'
import type { RecordParser } from './record-reader.ts'

const STRICT: Options = {
  record_delimiter: ['\r\n', '\n'],
  relax_column_count: true,
  skip_empty_lines: true,
}
/** Splits malformed records as well as possible, for the rejects file. */
const LENIENT: Options = { ...STRICT, relax_quotes: true }

/** `Number` alone would accept an empty string and hexadecimal digits. */
const DECIMAL = /^-?\d+(\.\d+)?$/

/**
 * Creates a parser for CSV (RFC 4180) with a header. Ignores the columns `line` and `reason` of a rejects file.
 * @param isRaw keeps the apostrophes that `export` writes before formulas
 * @throws (while parsing) JobError when the header is invalid
 */
export function createCsvParser(label: string, isRaw = false): RecordParser {
  /** In the file's order; undefined until the header has been read. */
  let columns: readonly string[] | undefined

  const describeInvalidHeader = (problem: string) =>
    `${label} must start with the header ${BOOK_FILE_COLUMNS.join(',')} (in any order; id is optional), separated by commas and in UTF-8, but ${problem}.`

  function parseCells(bytes: Buffer, options: Options): readonly string[][] | undefined {
    const records = parseRecords(bytes, options)
    return isRaw ? records : records?.map((cells) => cells.map(unescapeFormula))
  }

  function readHeader(header: readonly string[] = []): readonly string[] {
    const names = header.map((name) => name.trim())
    const problem = findHeaderProblem(names)
    if (problem) throw new JobError(describeInvalidHeader(problem))
    return names
  }

  return {
    allowsQuotedLineBreaks: true,
    malformedReason:
      'The quotes are unbalanced. Inside a quoted field, a quote is written twice, as in "a ""good"" book".',
    emptyFileReason: describeInvalidHeader('it is empty'),
    parse(bytes, lines) {
      const records = parseCells(bytes, STRICT)
      if (records?.length !== lines.length) return undefined
      const headerCount = columns ? 0 : 1
      const names = columns ?? readHeader(records[0])
      columns = names
      return records.slice(headerCount).map((fields, i) => toRow(names, fields, lines[i + headerCount] ?? 0))
    },
    salvageValues(text, isTooLong) {
      if (!columns) throw new JobError(describeInvalidHeader(`its first line is ${excerpt(text)}`))
      const [fields] = (isTooLong ? undefined : parseCells(Buffer.from(text), LENIENT)) ?? []
      return toValues(columns, fields ?? [])
    },
  }
}

/** Returns undefined when a record is malformed. */
function parseRecords(bytes: Buffer, options: Options): string[][] | undefined {
  try {
    return parse(bytes, options)
  } catch (error) {
    if (error instanceof CsvError) return undefined
    throw error
  }
}

function toRow(columns: readonly string[], fields: readonly string[], line: number): ParsedRow {
  const values = toValues(columns, fields)
  if (fields.length !== columns.length) {
    const reason = `The row has ${fields.length} columns, but the header has ${columns.length}.`
    return { line, reason, values }
  }
  const numbers = { cost: parseNumber(values.cost), num_pages: parseNumber(values.num_pages) }
  const row = parseBookRow(line, { ...values, ...numbers })
  return isRejectedRow(row) ? { ...row, values } : row
}

/** Returns NaN for other text. */
const parseNumber = (text = '') => (DECIMAL.test(text.trim()) ? Number(text) : Number.NaN)

function toValues(columns: readonly string[], fields: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [i, name] of columns.entries())
    if (!REJECT_COLUMNS.includes(name)) values[name] = fields[i] ?? ''
  return values
}

function findHeaderProblem(names: readonly string[]): string | undefined {
  const known: readonly string[] = [...BOOK_FILE_COLUMNS, ...REJECT_COLUMNS]
  const unknown = names.filter((name) => !known.includes(name))
  const missing = BOOK_FILE_COLUMNS.filter((name) => name !== 'id' && !names.includes(name))
  if (unknown.length > 0) return `it has ${excerpt(unknown.join(','))}`
  if (missing.length > 0) return `it lacks ${missing.join(', ')}`
  // After the check for unknown names: a search for one of the few known names ends soon.
  const duplicates = names.filter((name, i) => names.indexOf(name) !== i)
  return duplicates.length > 0 ? `it has ${duplicates.join(', ')} twice` : undefined
}
