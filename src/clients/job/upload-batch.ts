import { AddBooksDocument } from '../../generated/job/graphql.ts'
import type { BookRow, RejectedRow } from './book-row.ts'
import { stripControlCharacters } from './encoding.ts'
import { ApiRejectionError, JobError } from './errors.ts'
import type { ImportStats } from './import-stats.ts'
import type { SendDocument } from './send-document.ts'

type UploadBatchOptions = {
  readonly send: SendDocument
  /** Lowered when the API rejects a request because of its number of rows. */
  readonly limits: { maxRows: number }
  readonly stats: ImportStats
  readonly reject: (rows: readonly RejectedRow[]) => void
}

const NOT_STORED = 'The response does not list the books that were sent. Check that API_URL is the API.'

/**
 * Creates a function that sends rows to the API. It reports invalid rows as rejected and sends the others again, and
 * halves a batch that is too large.
 * @throws (the returned function) JobError when the API rejects the request for a reason that concerns no row
 */
export function createUploadBatch({ send, limits, stats, reject }: UploadBatchOptions) {
  /** Sends rows until each is stored or rejected. Returns true when the API rejected a row that is too large by itself. */
  async function uploadBatch(rows: readonly BookRow[]): Promise<boolean> {
    if (rows.length === 0) return false
    // The batch may have been filled before the limit was lowered.
    if (rows.length > limits.maxRows) return uploadHalves(rows)
    try {
      const { addBooks } = await send(AddBooksDocument, { inputs: rows.map(({ input }) => input) })
      // A success status alone proves nothing: a proxy may have answered.
      if (!Array.isArray(addBooks) || addBooks.length !== rows.length) throw new JobError(NOT_STORED)
      stats.stored += rows.length
      return false
    } catch (error) {
      if (!(error instanceof ApiRejectionError)) throw error
      return isTooLarge(error) ? uploadSmaller(rows, error) : uploadValidRows(rows, error)
    }
  }

  async function uploadSmaller(rows: readonly BookRow[], { message }: ApiRejectionError): Promise<boolean> {
    if (rows.length === 1) {
      reject(rows.map((row) => toRejectedRow(row, `The row is too large for the API. ${message}`)))
      return true
    }
    const hasTooLargeRow = await uploadHalves(rows)
    // Without such a row, the API rejected the number of rows.
    if (!hasTooLargeRow) limits.maxRows = Math.min(limits.maxRows, Math.ceil(rows.length / 2))
    return hasTooLargeRow
  }

  async function uploadHalves(rows: readonly BookRow[]): Promise<boolean> {
    const half = Math.ceil(rows.length / 2)
    const isInFirstHalf = await uploadBatch(rows.slice(0, half))
    const isInSecondHalf = await uploadBatch(rows.slice(half))
    return isInFirstHalf || isInSecondHalf
  }

  async function uploadValidRows(rows: readonly BookRow[], error: ApiRejectionError): Promise<boolean> {
    const reasons = parseReasons(error, rows)
    reject([...reasons].map(([row, reason]) => toRejectedRow(row, reason)))
    return uploadBatch(rows.filter((row) => !reasons.has(row)))
  }

  return uploadBatch
}

const isTooLarge = ({ status, inputIssues }: ApiRejectionError) =>
  status === 413 || inputIssues.some(({ argument }) => argument === 'inputs')

function parseReasons(rejection: ApiRejectionError, rows: readonly BookRow[]): ReadonlyMap<BookRow, string> {
  const reasons = new Map<BookRow, string>()
  for (const { argument, message } of rejection.inputIssues) {
    const [, index, field] = /^inputs\[(\d+)\](?:\.(.*))?$/.exec(argument) ?? []
    const row = rows[Number(index)]
    if (!row) throw rejection
    const prefix = field === undefined ? '' : `${field.replace('numPages', 'num_pages')}: `
    const reason = prefix + stripControlCharacters(message)
    reasons.set(row, [reasons.get(row), reason].filter(Boolean).join(' '))
  }
  if (reasons.size === 0) throw rejection
  return reasons
}

function toRejectedRow({ line, input }: BookRow, reason: string): RejectedRow {
  const { id, title, author, cost, numPages } = input
  return { line, reason, values: { id, title, author, cost, num_pages: numPages } }
}
