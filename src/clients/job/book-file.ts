import { extname } from 'node:path'
import { UsageError } from '../../errors/exit-error.ts'

/** The format of a book file. */
export type FileFormat = 'csv' | 'jsonl'

/** The columns of a book file, in the order in which they are written. */
export const BOOK_FILE_COLUMNS = ['id', 'title', 'author', 'cost', 'num_pages'] as const
/** The additional columns of a rejects file; ignored when such a file is imported. */
export const REJECT_COLUMNS: readonly string[] = ['line', 'reason']

const FORMAT_BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/**
 * Returns the requested format, or the one of the file's extension; CSV for `-`.
 * @throws UsageError when the extension is unknown
 */
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

/** A book as the API returns it. */
export type ListedBook = {
  readonly id: string
  readonly title: string
  readonly author: string
  readonly cost: number
  readonly numPages: number
}

/** Creates a formatter of books that `import` can read. Costs have two decimals. */
export function createBookFormatter(format: FileFormat): RowFormatter<ListedBook> {
  if (format === 'csv')
    return {
      header: formatCsvLine(BOOK_FILE_COLUMNS),
      formatRow: ({ id, title, author, cost, numPages }) =>
        formatCsvLine([id, title, author, cost.toFixed(2), numPages]),
    }
  return {
    header: '',
    formatRow: ({ id, title, author, cost, numPages }) =>
      `{"id":${JSON.stringify(id)},"title":${JSON.stringify(title)},"author":${JSON.stringify(author)},"cost":${cost.toFixed(2)},"num_pages":${numPages}}\n`,
  }
}

/** Creates a formatter of rejected rows: line, reason and the row's own values. */
export function createRejectFormatter(format: FileFormat): RowFormatter<Readonly<Record<string, unknown>>> {
  const columns = [...REJECT_COLUMNS, ...BOOK_FILE_COLUMNS]
  if (format === 'csv')
    return {
      header: formatCsvLine(columns),
      formatRow: (values) => formatCsvLine(columns.map((name) => values[name])),
    }
  return { header: '', formatRow: (values) => `${JSON.stringify(values)}\n` }
}

/** RFC 4180 §2: fields with a comma, a quote or a line break are quoted, and their quotes doubled. */
const formatCsvLine = (values: readonly unknown[]) => `${values.map(formatCsvField).join(',')}\n`

function formatCsvField(value: unknown): string {
  const text = String(value ?? '')
  return /[",\r\n]|^\ufeff/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
