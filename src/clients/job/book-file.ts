import { extname } from 'node:path'
import { UsageError } from '../../errors/exit-error.ts'
import type { ListBooksQuery } from '../../generated/job/graphql.ts'

/** `raw-csv` is CSV in which cells that spreadsheets execute as formulas are not escaped. */
export type FileFormat = 'csv' | 'raw-csv' | 'jsonl'

/** The columns of a book file, in the order in which they are written. */
export const BOOK_FILE_COLUMNS = ['id', 'title', 'author', 'cost', 'num_pages'] as const
/** The additional columns of a rejects file; ignored when such a file is imported. */
export const REJECT_COLUMNS: readonly string[] = ['line', 'reason']

const FORMAT_BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/** Returns the requested format, or that of the file's extension. @throws UsageError when that is unknown */
export function resolveFileFormat(file: string, requested: FileFormat | undefined): FileFormat {
  const format = requested ?? (file === '-' ? 'csv' : FORMAT_BY_EXTENSION[extname(file).toLowerCase()])
  if (format) return format
  throw new UsageError(`${file} is neither .csv nor .jsonl. Use --format csv or --format jsonl.`)
}

/** A formatter of lines, each with its line break. */
export type RowFormatter<Row> = {
  /** Empty for formats without a header. */
  readonly header: string
  readonly formatRow: (row: Row) => string
}

export type ListedBook = ListBooksQuery['books'][number]

type FileValues = Readonly<Record<string, unknown>>

/** Creates a formatter of books that `import` can read. In CSV, costs have two decimals. */
export function createBookFormatter(format: FileFormat): RowFormatter<ListedBook> {
  const { header, formatRow } = createRowFormatter(format, BOOK_FILE_COLUMNS)
  return {
    header,
    formatRow: ({ cost, numPages, ...book }) =>
      formatRow({ ...book, cost: format === 'jsonl' ? cost : cost.toFixed(2), num_pages: numPages }),
  }
}

/** Creates a formatter of rejected rows: line, reason and the row's own values. */
export const createRejectFormatter = (format: FileFormat): RowFormatter<FileValues> =>
  createRowFormatter(format, [...REJECT_COLUMNS, ...BOOK_FILE_COLUMNS])

function createRowFormatter(format: FileFormat, columns: readonly string[]): RowFormatter<FileValues> {
  if (format === 'jsonl') return { header: '', formatRow: (values) => `${JSON.stringify(values)}\n` }
  const formatCell = (value: unknown) => {
    const text = String(value ?? '')
    return formatCsvField(format === 'csv' ? escapeFormula(text) : text)
  }
  const formatLine = (values: readonly unknown[]) => `${values.map(formatCell).join(',')}\n`
  return {
    header: formatLine(columns),
    formatRow: (values) => formatLine(columns.map((name) => values[name])),
  }
}

/**
 * RFC 4180 §2: fields with a comma, a quote or a line break are quoted, and their quotes doubled. So are those with another
 * separator, at which LibreOffice would otherwise split them too.
 */
const formatCsvField = (text: string) =>
  /[",;\t\r\n]|^\ufeff/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** The start of a formula (OWASP, CSV Injection), also in full width. Apostrophes before it may be escapes or part of the text. */
const FORMULA_START = /^'*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/

/** Adds an apostrophe, after which spreadsheets show the text and execute nothing. */
const escapeFormula = (text: string) => (FORMULA_START.test(text) ? `'${text}` : text)

/** Removes the apostrophe of `escapeFormula`, and no other. */
export const unescapeFormula = (text: string) =>
  text.startsWith("'") && FORMULA_START.test(text) ? text.slice(1) : text
