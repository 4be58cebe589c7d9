import { BOOK_FILE_COLUMNS, type ParsedRow, parseBookRow, REJECT_COLUMNS } from './book-row.ts'
import { excerpt } from './encoding.ts'
import { JobError } from './errors.ts'
import type { RecordParser } from './record-reader.ts'

const KNOWN_KEYS: readonly string[] = [...BOOK_FILE_COLUMNS, ...REJECT_COLUMNS]

/**
 * Creates a parser for JSON objects, one per line. Ignores `line` and `reason` of a rejects file.
 * @param label the file's name in errors
 */
export function createJsonlParser(label: string): RecordParser {
  let isEmpty = true
  return {
    allowsQuotedLineBreaks: false,
    // Only the encoding can make a record malformed: what is not JSON is a row with a reason of its own.
    malformedReason: 'The line is not JSON.',
    parse(bytes, lines) {
      isEmpty = false
      const records = bytes
        .toString('utf8')
        .split('\n')
        .filter((record) => record !== '' && record !== '\r')
      return lines.map((line, i) => parseRecord(records[i] ?? '', line))
    },
    salvageValues({ text, isTooLong }) {
      isEmpty = false
      const values = isTooLong ? {} : parseObject(text)
      return values instanceof Error ? {} : values
    },
    finish() {
      if (isEmpty) throw new JobError(`${label} must have one JSON object per line, but it is empty.`)
    },
  }
}

function parseRecord(text: string, line: number): ParsedRow {
  const values = parseObject(text)
  if (values instanceof Error) return { line, reason: values.message, values: { text } }
  for (const name of REJECT_COLUMNS) delete values[name]
  const unknownKeys = Object.keys(values).filter((key) => !KNOWN_KEYS.includes(key))
  if (unknownKeys.length === 0) return parseBookRow(line, values)
  const reason = `Unknown keys: ${excerpt(unknownKeys.join(', '))}. A book has ${BOOK_FILE_COLUMNS.join(', ')}.`
  return { line, reason, values }
}

function parseObject(text: string): Record<string, unknown> | Error {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
    return new Error('The line is not a JSON object.')
  } catch (error) {
    return new Error(
      `The line is not JSON: ${excerpt(error instanceof Error ? error.message : String(error))}`,
    )
  }
}
