import type { Kysely, RawBuilder, SelectQueryBuilder, Transaction } from 'kysely'
import type { Tables } from './tables.ts'

type Query = SelectQueryBuilder<Tables, 'books', object>

/** Between which ids, neither of which is meant, and from which end. */
export type IdRange = {
  readonly from: 'start' | 'end'
  readonly after: number | undefined
  readonly before: number | undefined
}

/** Matching books, and what their pages go by. */
export type BookQuery = {
  readonly query: Query
  readonly sortId: RawBuilder<number>
  /** The next books alone: where these fill a page, or are all that there are, nobody needs to ask for others. */
  readonly scanNearby?: (
    span: IdRange,
    wanted: number,
  ) => { readonly matching: Query; readonly beyond: Query }
}

/** What each database says in words of its own; all else is written once, for both. */
export type DialectSql = {
  /** Its whole numbers up to 2^53. */
  readonly integerType: 'integer' | 'bigint'
  /** How a table ends that is found by its key alone. */
  readonly primaryKeyTableSuffix: RawBuilder<unknown>
  /** Makes titles findable by their words, from now on and whoever writes them. A step of the migrations. */
  createTitleIndex(db: Kysely<unknown>): Promise<void>
  /** The books whose titles have words that begin with all of these, one or more. */
  searchTitleIndex(database: Kysely<Tables>, words: readonly string[]): Omit<BookQuery, 'near'>
  /** Until this transaction ends, nobody else chooses the next free id. */
  lockIdAllocation(transaction: Transaction<Tables>): Promise<void>
  /** Takes a name until this transaction ends. @returns false when another has it just now */
  tryAdvisoryLock(transaction: Transaction<Tables>, name: string): Promise<boolean>
}
