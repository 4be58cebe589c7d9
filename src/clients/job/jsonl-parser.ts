import { isUtf8 } from 'node:buffer'
import { BOOK_FILE_COLUMNS, type ParsedRow, parseBookRow, REJECT_COLUMNS } from './book-row.ts'
import { decodeText, excerpt, NOT_UTF8_REASON, stripByteOrderMark } from './encoding.ts'
import { JobError } from './errors.ts'
import { MAX_RECORD_BYTES, RECORD_TOO_LONG, type RecordParser } from './record-reader.ts'

const KNOWN: readonly string[] = [...BOOK_FILE_COLUMNS, ...REJECT_COLUMNS]

/**
 * Reads JSON objects, one in a line; `line` and `reason` of a file of rejected rows are read past.
 * @param label what the file is called in a fault
 */
export function createJsonlParser(label: string): RecordParser {
  let empty = true
  return {
    allowsQuotedLineBreaks: false,
    parse(bytes, lines) {
      empty = false
      const text = lines[0] === 1 ? stripByteOrderMark(bytes) : bytes
      if (!isUtf8(text)) return undefined
      const texts = text
        .toString('utf8')
        .split('\n')
        .filter((one) => one !== '' && one !== '\r')
      return lines.map((line, i) => rowOf(texts[i] ?? '', line))
    },
    rejectMalformed(line, bytes) {
      empty = false
      if (bytes.length > MAX_RECORD_BYTES) return { line, reason: RECORD_TOO_LONG, values: {} }
      const own = objectIn(decodeText(bytes))
      return { line, reason: NOT_UTF8_REASON, values: own instanceof Error ? {} : own }
    },
    finish() {
      if (empty) throw new JobError(`${label} must have a JSON object in each line: it is empty.`)
    },
  }
}

function rowOf(text: string, line: number): ParsedRow {
  const own = objectIn(text)
  if (own instanceof Error) return { line, reason: own.message, values: { text } }
  for (const name of REJECT_COLUMNS) delete own[name]
  const unknown = Object.keys(own).filter((name) => !KNOWN.includes(name))
  if (unknown.length === 0) return parseBookRow(line, own)
  const reason = `it has ${excerpt(unknown.join(', '))}: a book has ${BOOK_FILE_COLUMNS.join(', ')}.`
  return { line, reason, values: own }
}

function objectIn(text: string): Record<string, unknown> | Error {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
    return new Error('it is not a JSON object.')
  } catch (error) {
    return new Error(`it is not JSON: ${excerpt(error instanceof Error ? error.message : String(error))}`)
  }
}
