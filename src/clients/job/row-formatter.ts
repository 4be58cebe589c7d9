import { COLUMNS, REMARKS } from './book-row.ts'
import type { Format } from './file-format.ts'

/** How a format's lines are written; each ends with its line's end. */
export type Writing = {
  /** What stands above all rows. */
  readonly head: string
  readonly row: (values: Readonly<Record<string, unknown>>) => string
}

/** A book as the API gives it. */
export type PrintedBook = {
  readonly id: string
  readonly title: string
  readonly author: string
  readonly cost: number
  readonly numPages: number
}

/** A book in a line, as `import` reads it: costs are exact to the cent, with two decimals. */
export function bookWriting(format: Format): {
  readonly head: string
  readonly row: (book: PrintedBook) => string
} {
  if (format === 'csv')
    return {
      head: csvLine(COLUMNS),
      row: ({ id, title, author, cost, numPages }) => csvLine([id, title, author, cost.toFixed(2), numPages]),
    }
  return {
    head: '',
    row: ({ id, title, author, cost, numPages }) =>
      `{"id":${JSON.stringify(id)},"title":${JSON.stringify(title)},"author":${JSON.stringify(author)},"cost":${cost.toFixed(2)},"num_pages":${numPages}}\n`,
  }
}

/** Rejected rows: line and reason, and beside them what a row had of its own. */
export function rejectWriting(format: Format): Writing {
  const names = [...REMARKS, ...COLUMNS]
  return format === 'csv'
    ? { head: csvLine(names), row: (values) => csvLine(names.map((name) => values[name])) }
    : { head: '', row: (values) => `${JSON.stringify(values)}\n` }
}

/** RFC 4180 §2: what has a comma, a quote or a line's end in it is quoted, and a quote written twice. */
const csvLine = (values: readonly unknown[]) => `${values.map(csvField).join(',')}\n`

function csvField(value: unknown): string {
  const text = String(value ?? '')
  return /[",\r\n]|^\ufeff/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
