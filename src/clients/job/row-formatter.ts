import { BOOK_FILE_COLUMNS, REJECT_COLUMNS } from './book-row.ts'
import type { FileFormat } from './file-format.ts'

/** How a format's lines are written; each ends with its line's end. */
export type RowFormatter = {
  /** What stands above all rows. */
  readonly header: string
  readonly formatRow: (values: Readonly<Record<string, unknown>>) => string
}

/** A book as the API gives it. */
export type ListedBook = {
  readonly id: string
  readonly title: string
  readonly author: string
  readonly cost: number
  readonly numPages: number
}

/** A book in a line, as `import` reads it: costs are exact to the cent, with two decimals. */
export function createBookFormatter(format: FileFormat): {
  readonly header: string
  readonly formatRow: (book: ListedBook) => string
} {
  if (format === 'csv')
    return {
      header: csvLine(BOOK_FILE_COLUMNS),
      formatRow: ({ id, title, author, cost, numPages }) =>
        csvLine([id, title, author, cost.toFixed(2), numPages]),
    }
  return {
    header: '',
    formatRow: ({ id, title, author, cost, numPages }) =>
      `{"id":${JSON.stringify(id)},"title":${JSON.stringify(title)},"author":${JSON.stringify(author)},"cost":${cost.toFixed(2)},"num_pages":${numPages}}\n`,
  }
}

/** Rejected rows: line and reason, and beside them what a row had of its own. */
export function createRejectFormatter(format: FileFormat): RowFormatter {
  const names = [...REJECT_COLUMNS, ...BOOK_FILE_COLUMNS]
  return format === 'csv'
    ? { header: csvLine(names), formatRow: (values) => csvLine(names.map((name) => values[name])) }
    : { header: '', formatRow: (values) => `${JSON.stringify(values)}\n` }
}

/** RFC 4180 §2: what has a comma, a quote or a line's end in it is quoted, and a quote written twice. */
const csvLine = (values: readonly unknown[]) => `${values.map(csvField).join(',')}\n`

function csvField(value: unknown): string {
  const text = String(value ?? '')
  return /[",\r\n]|^\ufeff/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
