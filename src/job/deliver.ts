import { AddBooksDocument } from '../generated/job/graphql.ts'
import { type Answer, refusedWith } from './answer.ts'
import type { BatchLimits, KeyedRow } from './batch.ts'
import { JobFault } from './faults.ts'
import { columnsOf, type RejectedRow } from './row.ts'
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
  return async function deliver(batch: readonly KeyedRow[]): Promise<void> {
    const waiting: (readonly KeyedRow[])[] = [batch]
    for (let rows = waiting.pop(); rows; rows = waiting.pop()) {
      const answer = await ask(AddBooksDocument, { inputs: rows.map(({ input }) => input) })
      const verdict = judge(answer, rows.length)
      if (verdict === 'stored') stored(rows.length)
      else if (verdict === 'too much') waiting.push(...halves(rows))
      else {
        const refused = [...rows.entries()].filter(([i]) => verdict.has(i))
        rejected(refused.map(([i, row]) => rejection(row, verdict.get(i) ?? '')))
        if (refused.length < rows.length) waiting.push(rows.filter((_, i) => !verdict.has(i)))
      }
    }
  }

  /** The second half first: what is sent is taken from the end. */
  function halves(rows: readonly KeyedRow[]): readonly (readonly KeyedRow[])[] {
    const half = Math.ceil(rows.length / 2)
    limits.rows = Math.min(limits.rows, half)
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
    limits.bytes = Math.min(limits.bytes, Math.ceil(bytes / 2))
    return [rows.slice(half), rows.slice(0, half)]
  }
}

function judge(answer: Answer<unknown>, rows: number): Verdict {
  const { status, data, errors = [] } = answer
  if (data && errors.length === 0) return 'stored'
  const faults = errors.flatMap((error) => error.faults)
  const tooMuch = status === 413 || faults.some(({ argument }) => argument === 'inputs')
  if (tooMuch && rows > 1) return 'too much'
  if (tooMuch) return new Map([[0, `The API takes no request as large as this row. ${refusedWith(answer)}`]])
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

/** What a field of the API is called in a file. */
const COLUMN: Readonly<Record<string, string>> = { numPages: 'num_pages' }

const rejection = ({ line, input }: KeyedRow, reason: string): RejectedRow => ({
  line,
  reason,
  own: columnsOf(input),
})
