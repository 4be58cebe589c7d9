import { BOOK_FILE_COLUMNS, REJECT_COLUMNS } from './book-row.ts'
import type { FileFormat } from './file-format.ts'

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
  return format === 'csv'
    ? {
        header: formatCsvLine(columns),
        formatRow: (values) => formatCsvLine(columns.map((name) => values[name])),
      }
    : { header: '', formatRow: (values) => `${JSON.stringify(values)}\n` }
}

/** RFC 4180 §2: fields with a comma, a quote or a line break are quoted, and their quotes doubled. */
const formatCsvLine = (values: readonly unknown[]) => `${values.map(formatCsvField).join(',')}\n`

function formatCsvField(value: unknown): string {
  const text = String(value ?? '')
  return /[",\r\n]|^\ufeff/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
