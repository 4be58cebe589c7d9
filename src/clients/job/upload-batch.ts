import { AddBooksDocument } from '../../generated/job/graphql.ts'
import { type BookRow, type RejectedRow, toBookFileColumns } from './book-row.ts'
import { ApiRejectionError, JobError } from './errors.ts'
import type { SendDocument } from './session.ts'

type UploadBatchOptions = {
  readonly send: SendDocument
  /** Lowered when the API rejects a request as too large. */
  readonly limits: { maxRows: number }
  readonly onStored: (rowCount: number) => void
  readonly onRejected: (rows: readonly RejectedRow[]) => void
}

/**
 * Creates a function that sends rows to the API. It reports invalid rows as rejected and sends the others again, and
 * halves a batch that is too large.
 * @throws (the returned function) JobError when the API rejects the request for a reason that concerns no row
 */
export function createUploadBatch({ send, limits, onStored, onRejected }: UploadBatchOptions) {
  let largestAccepted = 1

  async function uploadBatch(rows: readonly BookRow[]): Promise<void> {
    if (rows.length === 0) return
    // The batch may have been filled before the limit was lowered.
    if (rows.length > limits.maxRows) return uploadHalves(rows)
    try {
      const { addBooks } = await send(AddBooksDocument, { inputs: rows.map(({ input }) => input) })
      assertAllStored(addBooks, rows.length)
      largestAccepted = Math.max(largestAccepted, rows.length)
      onStored(rows.length)
    } catch (error) {
      if (!(error instanceof ApiRejectionError)) throw error
      await (isTooLarge(error) ? uploadSmaller(rows, error) : uploadValidRows(rows, error))
    }
  }

  async function uploadSmaller(rows: readonly BookRow[], { message }: ApiRejectionError): Promise<void> {
    if (rows.length > 1) {
      limits.maxRows = Math.min(limits.maxRows, Math.ceil(rows.length / 2))
      return uploadHalves(rows)
    }
    // This one row was too large, not the number of rows: restore the limit for the others.
    limits.maxRows = Math.max(limits.maxRows, largestAccepted)
    onRejected(rows.map((row) => toRejectedRow(row, `The row is too large for the API. ${message}`)))
  }

  async function uploadHalves(rows: readonly BookRow[]): Promise<void> {
    const half = Math.ceil(rows.length / 2)
    await uploadBatch(rows.slice(0, half))
    await uploadBatch(rows.slice(half))
  }

  async function uploadValidRows(rows: readonly BookRow[], error: ApiRejectionError): Promise<void> {
    const reasons = parseReasons(error, rows.length)
    const rejectedRows: RejectedRow[] = []
    for (const [i, row] of rows.entries()) {
      const reason = reasons.get(i)
      if (reason !== undefined) rejectedRows.push(toRejectedRow(row, reason))
    }
    onRejected(rejectedRows)
    await uploadBatch(rows.filter((_, i) => !reasons.has(i)))
  }

  return uploadBatch
}

const isTooLarge = ({ status, inputIssues }: ApiRejectionError) =>
  status === 413 || inputIssues.some(({ argument }) => argument === 'inputs')

/** Returns the reasons by the row's index in the batch. */
function parseReasons(rejection: ApiRejectionError, rowCount: number): ReadonlyMap<number, string> {
  const reasons = new Map<number, string>()
  for (const { argument, message } of rejection.inputIssues) {
    const [, index, field] = /^inputs\[(\d+)\](?:\.(.*))?$/.exec(argument) ?? []
    if (index === undefined || Number(index) >= rowCount) throw rejection
    const reason = field === undefined ? message : `${COLUMN_BY_FIELD[field] ?? field}: ${message}`
    reasons.set(Number(index), [reasons.get(Number(index)), reason].filter(Boolean).join(' '))
  }
  if (reasons.size === 0) throw rejection
  return reasons
}

/** A success status alone proves nothing: a proxy may have answered. */
function assertAllStored(books: unknown, rowCount: number): void {
  if (!Array.isArray(books) || books.length !== rowCount)
    throw new JobError('The response does not list the books that were sent. Check that API_URL is the API.')
}

const COLUMN_BY_FIELD: Readonly<Record<string, string>> = { numPages: 'num_pages' }

const toRejectedRow = ({ line, input }: BookRow, reason: string): RejectedRow => ({
  line,
  reason,
  values: toBookFileColumns(input),
})
