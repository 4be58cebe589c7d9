import { type Dialect, Kysely, type LogEvent, sql } from 'kysely'
import type { DialectSql } from './dialect.ts'
import { DatabaseOpenError } from './errors.ts'
import { migrateToLatest } from './migrate.ts'
import {
  createPostgresDialect,
  DEFAULT_POOL_SETTINGS,
  POSTGRES_SQL,
  type PoolSettings,
  type PoolUsage,
} from './postgres.ts'
import { BUSY_TIMEOUT_MS, createSqliteDialect, getSqlitePath, type ReadSync, SQLITE_SQL } from './sqlite.ts'
import type { SqliteFile } from './sqlite-file.ts'
import type { Tables } from './tables.ts'

/** Receives each executed statement, without its parameter values. */
type OnStatement = (statement: { sql: string; durationMs: number; error: unknown }) => void

/** A Kysely instance with the SQL of its dialect. */
export class Database extends Kysely<Tables> {
  readonly dialectSql: DialectSql
  /** Undefined for SQLite, which has no pool. */
  readonly getPoolUsage: (() => PoolUsage) | undefined
  /** Reads synchronously. Undefined if the dialect cannot, or if every statement is to be observed. */
  readonly readSync: ReadSync | undefined
  /** The file of an SQLite database that is not in memory. */
  readonly file: SqliteFile | undefined

  constructor(
    dialect: Dialect & {
      readonly getPoolUsage?: () => PoolUsage
      readonly readSync?: ReadSync
      readonly file?: SqliteFile | undefined
    },
    dialectSql: DialectSql,
    onStatement?: OnStatement,
  ) {
    const log = (event: LogEvent) =>
      onStatement?.({
        sql: event.query.sql,
        durationMs: event.queryDurationMillis,
        error: event.level === 'error' ? event.error : undefined,
      })
    super({ dialect, ...(onStatement && { log }) })
    this.dialectSql = dialectSql
    this.getPoolUsage = dialect.getPoolUsage
    this.readSync = onStatement ? undefined : dialect.readSync
    this.file = dialect.file
  }
}

/**
 * Opens the database and migrates it. If several processes start at once, one of them migrates and the others wait.
 * @param url `file:PATH`, `file::memory:` or `postgres://…`
 * @param poolSettings for PostgreSQL
 * @param onStatement called after each statement; without it, statements are not measured
 * @throws DatabaseOpenError when the database cannot be opened, written or migrated
 */
export async function openDatabase(
  url: string,
  poolSettings: PoolSettings = DEFAULT_POOL_SETTINGS,
  onStatement?: OnStatement,
): Promise<Database> {
  try {
    if (url.startsWith('file:')) {
      const database = new Database(createSqliteDialect(getSqlitePath(url)), SQLITE_SQL, onStatement)
      await migrate(database)
      database.file?.watch()
      await sql.raw(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`).execute(database)
      return database
    }
    // Without a statement timeout: one statement waits until another process has migrated.
    const migrationSettings = { ...poolSettings, maxConnections: 1, statementTimeoutMs: undefined }
    const migrationDatabase = new Database(createPostgresDialect(url, migrationSettings), POSTGRES_SQL)
    await migrate(migrationDatabase)
    await migrationDatabase.destroy()
    return new Database(createPostgresDialect(url, poolSettings), POSTGRES_SQL, onStatement)
  } catch (error) {
    throw new DatabaseOpenError(error)
  }
}

async function migrate(database: Database): Promise<void> {
  try {
    await migrateToLatest(database, database.dialectSql)
  } catch (error) {
    await database.destroy()
    throw error
  }
}
