import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Kysely, SqliteAdapter, SqliteDialect, sql } from 'kysely'
import type { BookQuery, DialectSql } from './dialect.ts'
import { isBusy } from './errors.ts'
import type { WordColumn } from './search-words.ts'
import { createDatabaseAdapter, type SqlParameters } from './sqlite-adapter.ts'
import { YieldingSqliteDriver } from './sqlite-driver.ts'
import { SqliteFile } from './sqlite-file.ts'

/** The time that the start waits for another process, which may be migrating. It blocks the event loop. */
const OPEN_TIMEOUT_MS = 5_000
const BUSY_STEP_MS = 20
export const IN_MEMORY_PATH = ':memory:'
export const OWNER_ONLY_FILE = 0o600
const OWNER_ONLY_FOLDER = 0o700

/** Returns the path of `file:PATH`, or `:memory:`. */
export const getSqlitePath = (url: string) => url.slice('file:'.length)

/** The size to which SQLite truncates the WAL when it reuses it after a checkpoint. */
const MAX_WAL_BYTES = 16_777_216

/**
 * Reads rows synchronously; returns undefined while another connection has a lock, or in a transaction, whose uncommitted
 * writes it would see.
 */
export type ReadSync = (query: string, parameters: SqlParameters) => object[] | undefined

/**
 * Creates Kysely's SQLite dialect over `node:sqlite`. WAL allows reads beside a writer; `synchronous=FULL` makes an
 * acknowledged write survive a power cut.
 * @param path a file, or `:memory:`. A missing file or folder is created for the owner alone; the permissions of an
 *   existing one are not changed.
 * @param file that of the path, if another connection to it is open
 * @throws Error if only the write-ahead log of the file exists: SQLite would discard it
 */
export function createSqliteDialect(
  path: string,
  file = path === IN_MEMORY_PATH ? undefined : new SqliteFile(path),
): SqliteDialect & { readonly readSync: ReadSync; readonly file: SqliteFile | undefined } {
  if (path !== IN_MEMORY_PATH && !existsSync(path)) {
    if (existsSync(`${path}-wal`)) throw new Error(`${path} does not exist, but its log ${path}-wal does`)
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER })
    // SQLite would create it readable by all. It gives the files of the journal the same permissions.
    writeFileSync(path, '', { flag: 'a', mode: OWNER_ONLY_FILE })
  }
  const database = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS })
  database.exec(
    `PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = ${MAX_WAL_BYTES}`,
  )
  enableWal(database, OPEN_TIMEOUT_MS)
  const adapter = createDatabaseAdapter(database, file?.mapError)
  const readSync: ReadSync = (query, parameters) => {
    if (database.isTransaction) return undefined
    try {
      return adapter.prepare(query).all(parameters)
    } catch (error) {
      if (isBusy(error)) return undefined
      throw error
    }
  }
  // SQLite can roll back DDL: Kysely then runs all migrations in one transaction.
  const createAdapter = () =>
    Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true })
  const config = { database: adapter }
  const createDriver = () => new YieldingSqliteDriver(database, config)
  return Object.assign(new SqliteDialect(config), { readSync, createAdapter, createDriver, file })
}

/** Retries, because the first switch to WAL ignores the busy timeout when another process does the same. */
function enableWal(database: DatabaseSync, timeoutMs: number): void {
  try {
    database.exec('PRAGMA journal_mode = WAL')
  } catch (error) {
    if (!isBusy(error) || timeoutMs <= 0) throw error
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_STEP_MS)
    enableWal(database, timeoutMs - BUSY_STEP_MS)
  }
}

/**
 * Creates an index of word columns with FTS5. The words are already tokenized: the `ascii` tokenizer treats every non-ASCII
 * character as part of a word. The index stores no text (`content=''`) and indexes prefixes of one to three characters.
 * @param detail `column` for searches in one of several columns
 */
async function createWordIndex(
  database: Kysely<unknown>,
  name: string,
  columns: readonly WordColumn[],
  detail: 'none' | 'column',
): Promise<void> {
  const list = (row = '') => sql.raw(columns.map((column) => row + column).join(', '))
  const index = sql.raw(name)
  const remove = sql`insert into ${index} (${index}, rowid, ${list()}) values ('delete', old.id, ${list('old.')})`
  const add = sql`insert into ${index} (rowid, ${list()}) values (new.id, ${list('new.')})`
  for (const statement of [
    sql`create virtual table ${index} using fts5(${list()}, content='', tokenize='ascii', prefix='1 2 3', detail='${sql.raw(detail)}')`,
    sql`insert into ${index} (rowid, ${list()}) select id, ${list()} from books`,
    sql`create trigger ${index}_added after insert on books begin ${add}; end`,
    sql`create trigger ${index}_removed after delete on books begin ${remove}; end`,
    sql`create trigger ${index}_changed after update of id, ${list()} on books begin ${remove}; ${add}; end`,
  ])
    await statement.execute(database)
}

export const SQLITE_SQL: DialectSql = {
  integerType: 'integer',
  primaryKeyTableSuffix: sql`without rowid`,

  createTitleIndex: (database) => createWordIndex(database, 'titles', ['words'], 'none'),

  // Replaces the index of titles: FTS5 cannot add a column.
  async addAuthorIndex(database) {
    for (const event of ['added', 'removed', 'changed'])
      await sql`drop trigger ${sql.raw(`titles_${event}`)}`.execute(database)
    await sql`drop table titles`.execute(database)
    await createWordIndex(database, 'book_words', ['words', 'author_words'], 'column')
  },

  searchWordIndex(database, prefixes) {
    const match = prefixes.map(({ column, prefix }) => `${column} : "${prefix}"*`).join(' AND ')
    // SQLite executes a cross join in the order it is written: first the index, then each book by its id.
    const query = database
      .withTables<{ book_words: { rowid: number } }>()
      .selectFrom('book_words')
      .crossJoin('books')
      .whereRef('books.id', '=', 'book_words.rowid')
      .where(sql<boolean>`book_words match ${match}`)
    return { query: query as unknown as BookQuery['query'], sortId: sql<number>`book_words.rowid` }
  },

  // SQLite cannot add a stored column to a table.
  generateText: (expression) => sql`text generated always as (${expression}) virtual`,

  // Reads the file; `select 1` alone would not.
  ping: sql`select 1 from books limit 1`,

  // SQLite has one writer at a time, so a write transaction holds every lock.
  lockIdAllocation: async () => {},
  tryAdvisoryLocks: async (_, names) => new Set(names),
}
