import type { AddBookInput } from '../../generated/job/graphql.ts'

/** The names of a book's columns, in the order in which they are written. */
export const BOOK_FILE_COLUMNS = ['id', 'title', 'author', 'cost', 'num_pages'] as const
/** What a file of rejected rows has beside them: read past, when such a file is imported. */
export const REJECT_COLUMNS: readonly string[] = ['line', 'reason']

type Column = (typeof BOOK_FILE_COLUMNS)[number]

/** A row that can be sent, with the line that it begins in. */
export type BookRow = { readonly line: number; readonly input: AddBookInput }
/** A row that can't, why, and what it had of its own. */
export type RejectedRow = {
  readonly line: number
  readonly reason: string
  readonly values: Readonly<Record<string, unknown>>
}
export type ParsedRow = BookRow | RejectedRow

export const isRejectedRow = (row: ParsedRow): row is RejectedRow => 'reason' in row

const INT32 = 2 ** 31

/**
 * Makes a row of what stands in a file. Only what GraphQL's types would refuse the whole request for is looked at:
 * whether it is a good book is for the API to say.
 */
export function parseBookRow(line: number, values: Readonly<Partial<Record<Column, unknown>>>): ParsedRow {
  const { id, title, author, cost, num_pages: pages } = values
  const reasons: string[] = []
  if (typeof title !== 'string') reasons.push('title: must be text.')
  if (typeof author !== 'string') reasons.push('author: must be text.')
  if (!Number.isFinite(cost)) reasons.push('cost: must be a number, as 7.99.')
  if (!isInt32(pages)) reasons.push('num_pages: must be a whole number, as 300.')
  if (!['string', 'number', 'undefined'].includes(typeof (id ?? undefined)))
    reasons.push('id: must be a whole number.')
  if (reasons.length > 0) return { line, reason: reasons.join(' '), values }
  const book = { title, author, cost, numPages: pages } as AddBookInput
  const known = String(id ?? '').trim()
  return { line, input: known === '' ? book : { id: known, ...book } }
}

const isInt32 = (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= -INT32 && value < INT32

/** A book's columns, as a file of books has them. */
export const toBookFileColumns = ({ id, title, author, cost, numPages }: AddBookInput) => ({
  id: id ?? '',
  title,
  author,
  cost,
  num_pages: numPages,
})
