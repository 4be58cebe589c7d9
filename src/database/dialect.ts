import type { Kysely, RawBuilder, SelectQueryBuilder, Transaction } from 'kysely'
import type { Tables } from './tables.ts'

type Query = SelectQueryBuilder<Tables, 'books', object>

/** Between which ids, neither of which is meant, and from which end. */
export type Span = {
  readonly from: 'start' | 'end'
  readonly after: number | undefined
  readonly before: number | undefined
}

/** Matching books, and what their pages go by. */
export type Matching = {
  readonly query: Query
  readonly id: RawBuilder<number>
  /** The next books alone: where these fill a page, or are all that there are, nobody needs to ask for others. */
  readonly near?: (span: Span, wanted: number) => { readonly matching: Query; readonly beyond: Query }
}

/** What each database says in words of its own; all else is written once, for both. */
export type Own = {
  /** Its whole numbers up to 2^53. */
  readonly integer: 'integer' | 'bigint'
  /** How a table ends that is found by its key alone. */
  readonly byKeyAlone: RawBuilder<unknown>
  /** Makes titles findable by their words, from now on and whoever writes them. A step of the migrations. */
  indexWords(db: Kysely<unknown>): Promise<void>
  /** The books whose titles have words that begin with all of these, one or more. */
  withWords(database: Kysely<Tables>, words: readonly string[]): Omit<Matching, 'near'>
  /** Until this transaction ends, nobody else chooses the next free id. */
  lockIds(transaction: Transaction<Tables>): Promise<void>
  /** Takes a name until this transaction ends. @returns false when another has it just now */
  tryLock(transaction: Transaction<Tables>, name: string): Promise<boolean>
}
