import type { Kysely, RawBuilder, SelectQueryBuilder } from 'kysely'
import type { WordPrefix } from './search-words.ts'
import type { Tables, WriteTransaction } from './tables.ts'

export type SelectBooks = SelectQueryBuilder<Tables, 'books', object>

/** A query for matching books, with the expression of their ids by which its pages are sorted. */
export type BookQuery = { readonly query: SelectBooks; readonly sortId: RawBuilder<number> }

/** The SQL that differs between the databases. */
export type DialectSql = {
  /** The column type for integers up to 2^53. */
  readonly integerType: 'integer' | 'bigint'
  /** The end of `create table` for a table that is only read by its primary key. */
  readonly primaryKeyTableSuffix: RawBuilder<unknown>
  /** Creates the full-text index of titles and keeps it up to date. A step of the migrations. */
  createTitleIndex(database: Kysely<unknown>): Promise<void>
  /** Adds the words of authors to the full-text index. A step of the migrations. */
  addAuthorIndex(database: Kysely<unknown>): Promise<void>
  /** Finds the books that have words with all of these prefixes, one or more. */
  searchWordIndex(database: Kysely<Tables>, prefixes: readonly WordPrefix[]): BookQuery
  /** The type of a generated text column that is compared by code points. */
  generateText(expression: RawBuilder<string>): RawBuilder<unknown>
  /** A statement that succeeds if the database can be read, whatever locks others hold. */
  readonly ping: RawBuilder<unknown>
  /** Serializes the allocation of ids until this transaction ends. */
  lockIdAllocation(transaction: WriteTransaction): Promise<void>
  /** Takes named locks until this transaction ends. Returns the names of those that no other transaction holds. */
  tryAdvisoryLocks(transaction: WriteTransaction, names: readonly string[]): Promise<ReadonlySet<string>>
}
