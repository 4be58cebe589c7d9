import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely'
import type { BookQuery, DialectSql } from './dialect.ts'

/** How long a write waits for another process to finish one; the event loop waits with it. */
export const BUSY_TIMEOUT_MS = 500
/** The same at the start, while nobody else waits: another copy may be migrating. */
const OPENING_MS = 5_000
const BUSY_STEP_MS = 20
export const IN_MEMORY_PATH = ':memory:'

/** Where `DATABASE_URL` says that the database is: a file, or in memory. */
export const getSqlitePath = (url: string) => url.slice('file:'.length)

/** Reads the first row at once. @returns undefined while a transaction is open, whose half-done writes nobody else may see */
export type ReadSync = (query: string, parameters: readonly unknown[]) => object | null | undefined

type Statement = SqliteStatement & { get(parameters: readonly unknown[]): object | undefined }
interface Adapted extends SqliteDatabase {
  prepare(query: string): Statement
}

/**
 * Kysely's SQLite dialect over `node:sqlite`.
 * WAL lets readers go on beside a writer; `synchronous=FULL` makes an acknowledged write survive a power cut.
 * @param path a file, made with its folder when missing, or `:memory:`
 */
export function createSqliteDialect(path: string): SqliteDialect & { readonly readSync: ReadSync } {
  if (path !== IN_MEMORY_PATH) mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path, { timeout: OPENING_MS })
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  switchToWal(database, OPENING_MS)
  const adapter = adapted(database)
  const readSync = (query: string, parameters: readonly unknown[]) =>
    database.isTransaction ? undefined : (adapter.prepare(query).get(parameters) ?? null)
  return Object.assign(new TransactionalDialect({ database: adapter }), { readSync })
}

/** A file's first switch to WAL does not wait for another copy that does the same: SQLite says at once that it is busy. */
function switchToWal(database: DatabaseSync, waitMs: number): void {
  try {
    database.exec('PRAGMA journal_mode = WAL')
  } catch (error) {
    if (!isBusy(error) || waitMs <= 0) throw error
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_STEP_MS)
    switchToWal(database, waitMs - BUSY_STEP_MS)
  }
}

/** SQLITE_BUSY, whatever the reason that its upper bits name. */
const isBusy = (error: unknown) => (Number((error as { errcode?: unknown }).errcode) & 0xff) === 5

/** SQLite takes back a changed table as it does a changed row: migrations are done as a whole, by one of many, or not at all. */
class TransactionalDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** Statements are prepared once: the store's queries are few and take parameters. */
function adapted(database: DatabaseSync): Adapted {
  const statements = new Map<string, Statement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      // Every transaction here writes: taking the lock at once spares a failed upgrade from reader to writer.
      if (sql === 'begin') return adaptedStatement(database.prepare('begin immediate'))
      const known = statements.get(sql) ?? adaptedStatement(database.prepare(sql))
      statements.set(sql, known)
      return known
    },
  }
}

/** Rows come as arrays, which `node:sqlite` makes in half of the time, and become objects of one shape. */
function adaptedStatement(statement: StatementSync): Statement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  const names = statement.columns().map(({ name }) => name)
  statement.setReturnArrays(true)
  const named = (row: unknown) => namedRow(names, row as readonly unknown[])
  return {
    reader: names.length > 0,
    get(parameters) {
      const row = statement.get(...values(parameters))
      return row && named(row)
    },
    all: (parameters) => statement.all(...values(parameters)).map(named),
    run: (parameters) => statement.run(...values(parameters)),
    *iterate(parameters) {
      for (const row of statement.iterate(...values(parameters))) yield named(row)
    },
  }
}

function namedRow(names: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  for (let i = 0; i < names.length; i++) named[names[i] ?? ''] = row[i]
  return named
}

/**
 * Titles are found by FTS5, over words that are cut already: `ascii` takes every letter beyond ASCII for one of a word.
 * The index has no text of its own (`content=''`), and short beginnings of words are indexed as words are.
 */
export const SQLITE_SQL: DialectSql = {
  integerType: 'integer',
  primaryKeyTableSuffix: sql`without rowid`,

  async createTitleIndex(db) {
    await sql`create virtual table titles using fts5(words, content='', tokenize='ascii', prefix='1 2 3', detail='none')`.execute(
      db,
    )
    await sql`insert into titles (rowid, words) select id, words from books`.execute(db)
    const remove = sql`insert into titles (titles, rowid, words) values ('delete', old.id, old.words)`
    const add = sql`insert into titles (rowid, words) values (new.id, new.words)`
    await sql`create trigger titles_added after insert on books begin ${add}; end`.execute(db)
    await sql`create trigger titles_removed after delete on books begin ${remove}; end`.execute(db)
    await sql`create trigger titles_changed after update of id, words on books begin ${remove}; ${add}; end`.execute(
      db,
    )
  },

  searchTitleIndex(database, words) {
    const match = words.map((word) => `"${word}"*`).join(' AND ')
    // A cross join is done in the order in which it is written: the index is asked, then each book fetched by its id.
    const query = database
      .withTables<{ titles: { rowid: number } }>()
      .selectFrom('titles')
      .crossJoin('books')
      .whereRef('books.id', '=', 'titles.rowid')
      .where(sql<boolean>`titles match ${match}`)
    return { query: query as unknown as BookQuery['query'], sortId: sql<number>`titles.rowid` }
  },

  // There is one writer at a time: whoever is in a transaction that writes has all of these.
  lockIdAllocation: async () => {},
  tryAdvisoryLock: async () => true,
}
