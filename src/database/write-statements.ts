import { type Compilable, type CompiledQuery, sql } from 'kysely'
import type { Database } from './database.ts'
import { BOOK_COLUMNS, type StoredBook, type Tables } from './tables.ts'

type IdempotencyRow = Readonly<Tables['idempotency']>

type LastUsedId = { readonly id: number; readonly gap_end: number }

/** Returns a statement for a number of rows or values, with these parameters. */
type ForLength<Row> = (length: number, parameters: readonly unknown[]) => CompiledQuery<Row>

/** The statements of writes, which are compiled once: building one costs more than executing it. */
export type WriteStatements = ReturnType<typeof createWriteStatements>

/** Rows of placeholders, in the order of the parameters. */
const EMPTY_BOOK: Omit<Tables['books'], 'title_key'> = {
  id: 0,
  title: '',
  author: '',
  cents: 0,
  num_pages: 0,
  added_by: '',
  added_at: '',
  words: '',
  author_words: '',
}
const EMPTY_RECORD: Tables['idempotency'] = {
  client_id: '',
  key: '',
  part: '',
  request_hash: '',
  book_ids: '',
  kept_until: 0,
}

/** Creates the statements of writes. The values in them are placeholders: each call gives its parameters. */
export function createWriteStatements(database: Database) {
  const findLastUsedId = sql<LastUsedId>`
    select id, gap_end from (
      select id, coalesce((select min(id) - 1 from books as later where later.id > books.id),
        ${sql.lit(Number.MAX_SAFE_INTEGER)}) as gap_end
      from books
    ) as gaps where gap_end - id >= ${0} order by id desc limit 1`.compile(database)

  return Object.freeze({
    /** Finds the last stored id with at least `count` unused ones after it. */
    findLastUsedId: (count: number): CompiledQuery<LastUsedId> => ({
      ...findLastUsedId,
      parameters: [count],
    }),

    /** Skips rows whose id is taken. Parameters: the values of each row, as in `EMPTY_BOOK`. Returns the inserted ids. */
    insertBooks: compileForLengths((length) =>
      database
        .insertInto('books')
        .values(Array(length).fill(EMPTY_BOOK))
        .onConflict((conflict) => conflict.doNothing())
        .returning('id'),
    ),

    /** Finds books. Parameters: ids. */
    findBooks: compileForLengths<StoredBook>((length) =>
      database.selectFrom('books').select(BOOK_COLUMNS).where('id', 'in', Array(length).fill(0)),
    ),

    /** Finds the records of two owners. Parameters: the owners, and keys. */
    findRecords: compileForLengths<IdempotencyRow>((length) =>
      database
        .selectFrom('idempotency')
        .selectAll()
        .where('client_id', 'in', ['', ''])
        .where('key', 'in', Array(length).fill('')),
    ),

    /** Replaces expired records. Parameters: the values of each row, as in `EMPTY_RECORD`, and the time. */
    saveRecords: compileForLengths((length) =>
      database
        .insertInto('idempotency')
        .values(Array(length).fill(EMPTY_RECORD))
        .onConflict((conflict) =>
          conflict
            .columns(['client_id', 'key', 'part'])
            .doUpdateSet(({ ref }) => ({
              request_hash: ref('excluded.request_hash'),
              book_ids: ref('excluded.book_ids'),
              kept_until: ref('excluded.kept_until'),
            }))
            .where('idempotency.kept_until', '<=', 0),
        ),
    ),
  })
}

/** Returns a function that compiles a statement once for each number of rows. */
function compileForLengths<Row>(build: (length: number) => Compilable<Row>): ForLength<Row> {
  const queries = new Map<number, CompiledQuery<Row>>()
  return (length, parameters) => {
    const query = queries.get(length) ?? build(length).compile()
    queries.set(length, query)
    return { ...query, parameters }
  }
}
