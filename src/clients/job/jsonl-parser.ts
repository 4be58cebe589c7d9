import { BOOK_FILE_COLUMNS } from './book-file.ts'
import { type ParsedRow, parseBookRow } from './book-row.ts'
import { excerpt } from './encoding.ts'
import type { RecordParser } from './record-reader.ts'

const KNOWN_KEYS: readonly string[] = BOOK_FILE_COLUMNS

/** Creates a parser for JSON objects, one per line. Ignores `line` and `reason` of a rejects file. */
export function createJsonlParser(label: string): RecordParser {
  return {
    allowsQuotedLineBreaks: false,
    // Unused: `parse` never returns undefined. What is not JSON is a row with a reason of its own.
    malformedReason: '',
    emptyFileReason: `${label} must have one JSON object per line, but it is empty.`,
    parse(bytes, lines) {
      const records = bytes
        .toString('utf8')
        .split('\n')
        .filter((record) => record !== '' && record !== '\r')
      return lines.map((line, i) => parseRecord(records[i] ?? '', line))
    },
    salvageValues(text, isTooLong) {
      const values = isTooLong ? {} : parseObject(text)
      return values instanceof Error ? {} : values
    },
  }
}

function parseRecord(text: string, line: number): ParsedRow {
  const values = parseObject(text)
  if (values instanceof Error) return { line, reason: values.message, values: { text } }
  const unknownKeys = Object.keys(values).filter((key) => !KNOWN_KEYS.includes(key))
  if (unknownKeys.length === 0) return parseBookRow(line, values)
  const reason = `Unknown keys: ${excerpt(unknownKeys.join(', '))}. A book has ${BOOK_FILE_COLUMNS.join(', ')}.`
  return { line, reason, values }
}

/** Returns an object without the keys of a rejects file, or an error when the text is not a JSON object. */
function parseObject(text: string): Record<string, unknown> | Error {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return new Error('The line is not a JSON object.')
    const { line: _line, reason: _reason, ...values } = value as Record<string, unknown>
    return values
  } catch (error) {
    return new Error(`The line is not JSON: ${excerpt((error as Error).message)}`)
  }
}
