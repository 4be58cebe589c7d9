import { AddBooksDocument, type AddBooksMutation } from '../../generated/job/graphql.ts'
import { type BookRow, type RejectedRow, toBookFileColumns } from './book-row.ts'
import { JobError } from './errors.ts'
import { formatApiRejection, type GraphQLResponse } from './graphql-response.ts'
import type { SendDocument } from './session.ts'

/** A row with its idempotency key and its size in a request. */
export type UploadRow = BookRow & { readonly byteLength: number }

/** The largest request to send. Lowered when the API rejects a request as too large. */
export type BatchLimits = { maxRows: number; maxBytes: number }

export type UploadBatchOptions = {
  readonly send: SendDocument
  readonly limits: BatchLimits
  readonly onStored: (rowCount: number) => void
  readonly onRejected: (rows: readonly RejectedRow[]) => void
}

type UploadResult =
  | { readonly kind: 'stored' }
  | { readonly kind: 'too-large' }
  /** Reasons by the row's index in the batch. */
  | { readonly kind: 'rejected'; readonly reasons: ReadonlyMap<number, string> }

/**
 * Creates a function that sends rows to the API. It reports invalid rows as rejected and sends the others again, and
 * halves a batch that is too large.
 * @throws (the returned function) JobError when the API rejects the request for a reason that concerns no row
 */
export function createUploadBatch({ send, limits, onStored, onRejected }: UploadBatchOptions) {
  const largestAccepted: BatchLimits = { maxRows: 1, maxBytes: 1 }

  /** Sends one request. Returns the batches that remain to be sent in place of these rows, the first one last. */
  async function sendRows(rows: readonly UploadRow[]): Promise<readonly (readonly UploadRow[])[]> {
    // The batch may have been filled before the limits were lowered.
    if (rows.length > limits.maxRows) return halve(rows)
    const response = await send(AddBooksDocument, { inputs: rows.map(({ input }) => input) })
    const result = parseUploadResult(response, rows.length)
    switch (result.kind) {
      case 'stored':
        raise(largestAccepted, rows.length, totalBytes(rows))
        onStored(rows.length)
        return []
      case 'rejected':
        onRejected(rows.flatMap((row, i) => toRejectedRow(row, result.reasons.get(i))))
        return [rows.filter((_, i) => !result.reasons.has(i))]
      case 'too-large':
        if (rows.length > 1) {
          limits.maxRows = Math.min(limits.maxRows, Math.ceil(rows.length / 2))
          limits.maxBytes = Math.min(limits.maxBytes, Math.ceil(totalBytes(rows) / 2))
          return halve(rows)
        }
        // This one row was too large, not the number of rows: restore the limits for the others.
        raise(limits, largestAccepted.maxRows, largestAccepted.maxBytes)
        onRejected(
          rows.flatMap((row) =>
            toRejectedRow(row, `The row is too large for the API. ${formatApiRejection(response)}`),
          ),
        )
        return []
    }
  }

  return async function uploadBatch(batch: readonly UploadRow[]): Promise<void> {
    const pending = [batch]
    for (let rows = pending.pop(); rows; rows = pending.pop())
      if (rows.length > 0) pending.push(...(await sendRows(rows)))
  }
}

function raise(limits: BatchLimits, rows: number, bytes: number): void {
  limits.maxRows = Math.max(limits.maxRows, rows)
  limits.maxBytes = Math.max(limits.maxBytes, bytes)
}

const totalBytes = (rows: readonly UploadRow[]) => rows.reduce((sum, row) => sum + row.byteLength, 0)

/** Returns the second half first, since batches are taken from the end. */
function halve(rows: readonly UploadRow[]): readonly (readonly UploadRow[])[] {
  const half = Math.ceil(rows.length / 2)
  return [rows.slice(half), rows.slice(0, half)]
}

function parseUploadResult(response: GraphQLResponse<AddBooksMutation>, rowCount: number): UploadResult {
  const { status, data, errors = [] } = response
  if (data && errors.length === 0) {
    assertAllStored(data.addBooks, rowCount)
    return { kind: 'stored' }
  }
  const issues = errors.flatMap((error) => error.inputIssues)
  if (status === 413 || issues.some(({ argument }) => argument === 'inputs')) return { kind: 'too-large' }
  const reasons = new Map<number, string>()
  for (const { argument, message } of issues) {
    const [, index, field] = /^inputs\[(\d+)\](?:\.(.*))?$/.exec(argument) ?? []
    if (index === undefined || Number(index) >= rowCount) throw new JobError(formatApiRejection(response))
    const reason = field === undefined ? message : `${COLUMN_BY_FIELD[field] ?? field}: ${message}`
    reasons.set(Number(index), [reasons.get(Number(index)), reason].filter(Boolean).join(' '))
  }
  if (reasons.size === 0) throw new JobError(formatApiRejection(response))
  return { kind: 'rejected', reasons }
}

/** A success status alone proves nothing: a proxy may have answered. */
function assertAllStored(books: unknown, rowCount: number): void {
  if (!Array.isArray(books) || books.length !== rowCount)
    throw new JobError('The response does not list the books that were sent. Check that API_URL is the API.')
}

const COLUMN_BY_FIELD: Readonly<Record<string, string>> = { numPages: 'num_pages' }

const toRejectedRow = ({ line, input }: UploadRow, reason: string | undefined): RejectedRow[] =>
  reason === undefined ? [] : [{ line, reason, values: toBookFileColumns(input) }]
