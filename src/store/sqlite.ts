import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'

/** How long a write waits for another process to finish one; the event loop waits with it. */
export const BUSY_MS = 500
/** The same at the start, while nobody else waits: another copy may be migrating. */
const OPENING_MS = 5_000
const BUSY_STEP_MS = 20
export const MEMORY = ':memory:'

/** Where `DATABASE_URL` says that the database is: a file, or in memory. */
export const pathOf = (url: string) => url.slice('file:'.length)

/**
 * Kysely's SQLite dialect over `node:sqlite`.
 * WAL lets readers go on beside a writer; `synchronous=FULL` makes an acknowledged write survive a power cut.
 * @param path a file, made with its folder when missing, or `:memory:`
 */
export function sqliteDialect(path: string): SqliteDialect {
  if (path !== MEMORY) mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path, { timeout: OPENING_MS })
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  switchToWal(database, OPENING_MS)
  return new TransactionalDialect({ database: adapted(database) })
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
function adapted(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
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

function adaptedStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  }
}
