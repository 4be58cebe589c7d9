import { AddBooksDocument, type AddBooksMutation } from '../../generated/job/graphql.ts'
import type { BatchLimits, KeyedRow } from './batch.ts'
import { columnsOf, type RejectedRow } from './book-row.ts'
import { JobFault } from './errors.ts'
import { type Answer, refusedWith } from './graphql-response.ts'
import type { Ask } from './session.ts'

export type Delivery = {
  readonly ask: Ask
  readonly limits: BatchLimits
  readonly stored: (rows: number) => void
  readonly rejected: (rows: readonly RejectedRow[]) => void
}

/** What to do after an answer. */
type Verdict = 'stored' | 'too much' | ReadonlyMap<number, string>

/**
 * Brings rows to the API. Those that it finds fault with are rejected, and the others sent again; what is too much for
 * one request is sent in halves.
 * @throws JobFault when the API refuses for a reason that is no row's
 */
export function createDelivery({ ask, limits, stored, rejected }: Delivery) {
  /** The most that the API has taken so far. */
  const taken: BatchLimits = { rows: 1, bytes: 1 }

  /** @returns what is to be sent next in place of these rows, the first of it last */
  async function send(rows: readonly KeyedRow[]): Promise<readonly (readonly KeyedRow[])[]> {
    // Filled before the API said that so many are too much.
    if (rows.length > limits.rows) return halves(rows)
    const answer = await ask(AddBooksDocument, { inputs: rows.map(({ input }) => input) })
    const verdict = judge(answer, rows.length)
    if (verdict === 'stored') {
      raise(taken, rows.length, bytesOf(rows))
      stored(rows.length)
      return []
    }
    if (verdict === 'too much' && rows.length > 1) {
      limits.rows = Math.min(limits.rows, Math.ceil(rows.length / 2))
      limits.bytes = Math.min(limits.bytes, Math.ceil(bytesOf(rows) / 2))
      return halves(rows)
    }
    // One row was too much, and not their number: others may come together again.
    if (verdict === 'too much') raise(limits, taken.rows, taken.bytes)
    const reasons = verdict === 'too much' ? new Map([[0, tooLarge(answer)]]) : verdict
    rejected(rows.flatMap((row, i) => rejection(row, reasons.get(i))))
    return [rows.filter((_, i) => !reasons.has(i))]
  }

  return async function deliver(batch: readonly KeyedRow[]): Promise<void> {
    const waiting = [batch]
    for (let rows = waiting.pop(); rows; rows = waiting.pop())
      if (rows.length > 0) waiting.push(...(await send(rows)))
  }
}

function raise(limits: BatchLimits, rows: number, bytes: number): void {
  limits.rows = Math.max(limits.rows, rows)
  limits.bytes = Math.max(limits.bytes, bytes)
}

const bytesOf = (rows: readonly KeyedRow[]) => rows.reduce((sum, row) => sum + row.bytes, 0)

const tooLarge = (answer: Answer<unknown>) =>
  `The API takes no request as large as this row. ${refusedWith(answer)}`

/** The second half first: what is sent is taken from the end. */
function halves(rows: readonly KeyedRow[]): readonly (readonly KeyedRow[])[] {
  const half = Math.ceil(rows.length / 2)
  return [rows.slice(half), rows.slice(0, half)]
}

function judge(answer: Answer<AddBooksMutation>, rows: number): Verdict {
  const { status, data, errors = [] } = answer
  if (data && errors.length === 0) return allOf(data.addBooks, rows)
  const faults = errors.flatMap((error) => error.faults)
  if (status === 413 || faults.some(({ argument }) => argument === 'inputs')) return 'too much'
  const reasons = new Map<number, string>()
  for (const { argument, message } of faults) {
    const [, index, name] = /^inputs\[(\d+)\](?:\.(.*))?$/.exec(argument) ?? []
    if (index === undefined || Number(index) >= rows) throw new JobFault(refusedWith(answer))
    const reason = name === undefined ? message : `${COLUMN[name] ?? name}: ${message}`
    reasons.set(Number(index), [reasons.get(Number(index)), reason].filter(Boolean).join(' '))
  }
  if (reasons.size === 0) throw new JobFault(refusedWith(answer))
  return reasons
}

/** Whatever stands between may answer as well: what was not given back was not stored. */
function allOf(books: unknown, rows: number): 'stored' {
  if (Array.isArray(books) && books.length === rows) return 'stored'
  throw new JobFault('The API answered without the books that were sent: is something else at API_URL?')
}

/** What a field of the API is called in a file. */
const COLUMN: Readonly<Record<string, string>> = { numPages: 'num_pages' }

const rejection = ({ line, input }: KeyedRow, reason: string | undefined): RejectedRow[] =>
  reason === undefined ? [] : [{ line, reason, own: columnsOf(input) }]
