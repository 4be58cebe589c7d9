import type { AddBookInput } from '../../generated/job/graphql.ts'

/** A row that can be sent, with the line where it starts. */
export type BookRow = { readonly line: number; readonly input: AddBookInput }
/** A row that cannot be imported, with the reason and its own values. */
export type RejectedRow = {
  readonly line: number
  readonly reason: string
  readonly values: Readonly<Record<string, unknown>>
}
export type ParsedRow = BookRow | RejectedRow

export const isRejectedRow = (row: ParsedRow): row is RejectedRow => 'reason' in row

/** Builds a row. Rejects only types for which GraphQL would reject the whole request; the API validates the rest. */
export function parseBookRow(line: number, values: RejectedRow['values']): ParsedRow {
  const { id, title, author, cost, num_pages: numPages } = values
  const reasons: string[] = []
  if (typeof title !== 'string') reasons.push('title: must be text.')
  if (typeof author !== 'string') reasons.push('author: must be text.')
  if (!Number.isFinite(cost)) reasons.push('cost: must be a number, for example 7.99.')
  if (!isInt32(numPages)) reasons.push('num_pages: must be a whole number, for example 300.')
  if (!['string', 'number', 'undefined'].includes(typeof (id ?? undefined)))
    reasons.push('id: must be a whole number.')
  if (reasons.length > 0) return { line, reason: reasons.join(' '), values }
  const book = { title, author, cost, numPages } as AddBookInput
  const trimmedId = String(id ?? '').trim()
  return { line, input: trimmedId === '' ? book : { id: trimmedId, ...book } }
}

/** The bitwise operator converts to a 32-bit integer. */
const isInt32 = (value: unknown) => value === (Number(value) | 0)
