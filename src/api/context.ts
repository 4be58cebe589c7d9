import type { Question } from '../exchange.ts'
import type { Books } from '../store/books.ts'
import { readBearer } from '../token/bearer.ts'
import type { Caller } from '../token/claims.ts'
import type { Verify } from '../token/verify.ts'

/** What resolvers see of a request. */
export type Context = {
  /** Undefined: nobody, no token was sent. A bad token never gets here. */
  readonly caller: Caller | undefined
  readonly books: Books
  readonly now: () => Date
  readonly limits: { readonly page: number; readonly batch: number }
}

/**
 * Finds out who asks, once, before anything else looks at the request.
 * @throws Refusal when there is a token and it is not good, or it was sent in a wrong way
 */
export async function authenticate(verify: Verify, question: Question): Promise<Caller | undefined> {
  const token = readBearer(question.authorization, new URLSearchParams(question.search))
  return token === undefined ? undefined : verify(token)
}
