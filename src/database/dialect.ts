import type { Kysely, RawBuilder, Transaction } from 'kysely'
import type { BookQuery } from './book-query.ts'
import type { Tables } from './tables.ts'

/** The SQL that differs between the databases. */
export type DialectSql = {
  /** The column type for integers up to 2^53. */
  readonly integerType: 'integer' | 'bigint'
  /** The end of `create table` for a table that is only read by its primary key. */
  readonly primaryKeyTableSuffix: RawBuilder<unknown>
  /** Creates the full-text index of titles and keeps it up to date. A step of the migrations. */
  createTitleIndex(database: Kysely<unknown>): Promise<void>
  /** Finds the books whose titles contain words with all of these prefixes, one or more. */
  searchTitleIndex(database: Kysely<Tables>, prefixes: readonly string[]): Omit<BookQuery, 'scanNearby'>
  /** Serializes the allocation of ids until this transaction ends. */
  lockIdAllocation(transaction: Transaction<Tables>): Promise<void>
  /** Takes a named lock until this transaction ends. Returns false if another transaction holds it. */
  tryAdvisoryLock(transaction: Transaction<Tables>, name: string): Promise<boolean>
}
