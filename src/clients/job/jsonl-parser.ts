import { isUtf8 } from 'node:buffer'
import { COLUMNS, REMARKS, type Row, readRow } from './book-row.ts'
import { excerpt, NOT_UTF8, readable, withoutMark } from './encoding.ts'
import { JobFault } from './errors.ts'
import { MAX_RECORD, type Reading, TOO_LONG } from './record-reader.ts'

const KNOWN: readonly string[] = [...COLUMNS, ...REMARKS]

/**
 * Reads JSON objects, one in a line; `line` and `reason` of a file of rejected rows are read past.
 * @param label what the file is called in a fault
 */
export function jsonlReading(label: string): Reading {
  let empty = true
  return {
    quotes: false,
    read(bytes, lines) {
      empty = false
      const text = lines[0] === 1 ? withoutMark(bytes) : bytes
      if (!isUtf8(text)) return undefined
      const texts = text
        .toString('utf8')
        .split('\n')
        .filter((one) => one !== '' && one !== '\r')
      return lines.map((line, i) => rowOf(texts[i] ?? '', line))
    },
    malformed(line, bytes) {
      empty = false
      if (bytes.length > MAX_RECORD) return { line, reason: TOO_LONG, own: {} }
      const own = objectIn(readable(bytes))
      return { line, reason: NOT_UTF8, own: own instanceof Error ? {} : own }
    },
    finish() {
      if (empty) throw new JobFault(`${label} must have a JSON object in each line: it is empty.`)
    },
  }
}

function rowOf(text: string, line: number): Row {
  const own = objectIn(text)
  if (own instanceof Error) return { line, reason: own.message, own: { text } }
  for (const name of REMARKS) delete own[name]
  const unknown = Object.keys(own).filter((name) => !KNOWN.includes(name))
  if (unknown.length === 0) return readRow(line, own)
  const reason = `it has ${excerpt(unknown.join(', '))}: a book has ${COLUMNS.join(', ')}.`
  return { line, reason, own }
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
