import type { Caller } from '../auth/caller.ts'
import type { BookRepository } from '../database/book-repository.ts'
import type { OperationInfo } from '../lib/http-messages.ts'

/** What resolvers see of a request. */
export type Context = {
  /** Adds to what the log, the audit log and the numbers say of this request. */
  readonly addOperationInfo: (about: OperationInfo) => void
  /** Undefined: nobody, no token was sent. A bad token never gets here. */
  readonly caller: Caller | undefined
  readonly books: BookRepository
  readonly now: () => Date
  /** What the client calls this request, to send it again. */
  readonly idempotencyKey: string | undefined
  /** How long such keys are remembered. */
  readonly idempotencyTtlMs: number
  readonly limits: { readonly maxPageSize: number; readonly maxBatchSize: number }
}
