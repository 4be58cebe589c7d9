import type { Books } from '../store/books.ts'
import type { Caller } from '../token/claims.ts'

/** What resolvers see of a request. */
export type Context = {
  /** Undefined: nobody, no token was sent. A bad token never gets here. */
  readonly caller: Caller | undefined
  readonly books: Books
  readonly now: () => Date
  readonly limits: { readonly page: number; readonly batch: number }
}
