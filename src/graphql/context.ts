import type { Caller } from '../auth/validate-claims.ts'
import type { Books } from '../database/book-repository.ts'
import type { About } from '../lib/http-messages.ts'

/** What resolvers see of a request. */
export type Context = {
  /** Adds to what the log, the audit log and the numbers say of this request. */
  readonly tell: (about: About) => void
  /** Undefined: nobody, no token was sent. A bad token never gets here. */
  readonly caller: Caller | undefined
  readonly books: Books
  readonly now: () => Date
  /** What the client calls this request, to send it again. */
  readonly idempotencyKey: string | undefined
  /** How long such keys are remembered. */
  readonly idempotencyMs: number
  readonly limits: { readonly page: number; readonly batch: number }
}
