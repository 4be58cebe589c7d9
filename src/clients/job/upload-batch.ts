import { AddBooksDocument, type AddBooksMutation } from '../../generated/job/graphql.ts'
import type { BatchLimits, UploadRow } from './batch.ts'
import { type RejectedRow, toBookFileColumns } from './book-row.ts'
import { JobError } from './errors.ts'
import { formatApiRejection, type GraphQLResponse } from './graphql-response.ts'
import type { SendDocument } from './session.ts'

export type UploadBatchOptions = {
  readonly send: SendDocument
  readonly limits: BatchLimits
  readonly onStored: (rows: number) => void
  readonly onRejected: (rows: readonly RejectedRow[]) => void
}

/** What to do after an answer. */
type Verdict = 'stored' | 'too much' | ReadonlyMap<number, string>

/**
 * Brings rows to the API. Those that it finds fault with are rejected, and the others sent again; what is too much for
 * one request is sent in halves.
 * @throws JobError when the API refuses for a reason that is no row's
 */
export function createUploadBatch({ send, limits, onStored, onRejected }: UploadBatchOptions) {
  /** The most that the API has taken so far. */
  const taken: BatchLimits = { maxRows: 1, maxBytes: 1 }

  /** @returns what is to be sent next in place of these rows, the first of it last */
  async function uploadRows(rows: readonly UploadRow[]): Promise<readonly (readonly UploadRow[])[]> {
    // Filled before the API said that so many are too much.
    if (rows.length > limits.maxRows) return halves(rows)
    const answer = await send(AddBooksDocument, { inputs: rows.map(({ input }) => input) })
    const verdict = judge(answer, rows.length)
    if (verdict === 'stored') {
      raise(taken, rows.length, bytesOf(rows))
      onStored(rows.length)
      return []
    }
    if (verdict === 'too much' && rows.length > 1) {
      limits.maxRows = Math.min(limits.maxRows, Math.ceil(rows.length / 2))
      limits.maxBytes = Math.min(limits.maxBytes, Math.ceil(bytesOf(rows) / 2))
      return halves(rows)
    }
    // One row was too much, and not their number: others may come together again.
    if (verdict === 'too much') raise(limits, taken.maxRows, taken.maxBytes)
    const reasons = verdict === 'too much' ? new Map([[0, tooLarge(answer)]]) : verdict
    onRejected(rows.flatMap((row, i) => rejection(row, reasons.get(i))))
    return [rows.filter((_, i) => !reasons.has(i))]
  }

  return async function deliver(batch: readonly UploadRow[]): Promise<void> {
    const waiting = [batch]
    for (let rows = waiting.pop(); rows; rows = waiting.pop())
      if (rows.length > 0) waiting.push(...(await uploadRows(rows)))
  }
}

function raise(limits: BatchLimits, rows: number, bytes: number): void {
  limits.maxRows = Math.max(limits.maxRows, rows)
  limits.maxBytes = Math.max(limits.maxBytes, bytes)
}

const bytesOf = (rows: readonly UploadRow[]) => rows.reduce((sum, row) => sum + row.byteLength, 0)

const tooLarge = (answer: GraphQLResponse<unknown>) =>
  `The API takes no request as large as this row. ${formatApiRejection(answer)}`

/** The second half first: what is sent is taken from the end. */
function halves(rows: readonly UploadRow[]): readonly (readonly UploadRow[])[] {
  const half = Math.ceil(rows.length / 2)
  return [rows.slice(half), rows.slice(0, half)]
}

function judge(answer: GraphQLResponse<AddBooksMutation>, rows: number): Verdict {
  const { status, data, errors = [] } = answer
  if (data && errors.length === 0) return allOf(data.addBooks, rows)
  const faults = errors.flatMap((error) => error.inputIssues)
  if (status === 413 || faults.some(({ argument }) => argument === 'inputs')) return 'too much'
  const reasons = new Map<number, string>()
  for (const { argument, message } of faults) {
    const [, index, name] = /^inputs\[(\d+)\](?:\.(.*))?$/.exec(argument) ?? []
    if (index === undefined || Number(index) >= rows) throw new JobError(formatApiRejection(answer))
    const reason = name === undefined ? message : `${COLUMN[name] ?? name}: ${message}`
    reasons.set(Number(index), [reasons.get(Number(index)), reason].filter(Boolean).join(' '))
  }
  if (reasons.size === 0) throw new JobError(formatApiRejection(answer))
  return reasons
}

/** Whatever stands between may answer as well: what was not given back was not stored. */
function allOf(books: unknown, rows: number): 'stored' {
  if (Array.isArray(books) && books.length === rows) return 'stored'
  throw new JobError('The API answered without the books that were sent: is something else at API_URL?')
}

/** What a field of the API is called in a file. */
const COLUMN: Readonly<Record<string, string>> = { numPages: 'num_pages' }

const rejection = ({ line, input }: UploadRow, reason: string | undefined): RejectedRow[] =>
  reason === undefined ? [] : [{ line, reason, values: toBookFileColumns(input) }]
