import { type Dialect, Kysely, type LogEvent, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { DatabaseOpenError } from './database-error.ts'
import type { DialectSql } from './dialect.ts'
import { createMigrations } from './migrations.ts'
import {
  createPostgresDialect,
  MIGRATION_POOL_SETTINGS,
  POSTGRES_SQL,
  type PoolSettings,
  type PoolUsage,
  SERVER_POOL_SETTINGS,
} from './postgres.ts'
import { BUSY_TIMEOUT_MS, createSqliteDialect, getSqlitePath, type ReadSync, SQLITE_SQL } from './sqlite.ts'
import type { Tables } from './tables.ts'

/** A statement as it was run: its text has no values in it. */
export type ExecutedStatement = {
  readonly sql: string
  readonly durationMs: number
  readonly error?: unknown
}

type OnRun = (run: ExecutedStatement) => void

/** Kysely, with what the two databases say differently. */
export class Database extends Kysely<Tables> {
  readonly dialectSql: DialectSql
  /** How its connections are used; undefined where there are none. */
  readonly poolUsage: (() => PoolUsage) | undefined
  /** Reads without a promise, past the queue for the connection; undefined where that cannot be, or is not to be missed. */
  readonly readSync: ReadSync | undefined

  constructor(
    dialect: Dialect & { readonly poolUsage?: () => PoolUsage; readonly readSync?: ReadSync },
    own: DialectSql,
    onRun?: OnRun,
  ) {
    super({ dialect, ...(onRun && { log: (event) => onRun(runOf(event)) }) })
    this.dialectSql = own
    this.poolUsage = dialect.poolUsage
    this.readSync = onRun ? undefined : dialect.readSync
  }
}

const runOf = (event: LogEvent): ExecutedStatement => ({
  sql: event.query.sql,
  durationMs: event.queryDurationMillis,
  ...(event.level === 'error' && { error: event.error }),
})

/**
 * Opens the database and brings its tables up to date; of many copies that start at once, one does.
 * @param url `file:PATH`, `file::memory:` or `postgres://…`
 * @param poolSettings for PostgreSQL
 * @param onStatement told of each statement once it has been run; without it nothing is measured
 * @throws StoreFault when it can't be opened, written or migrated
 */
export function openDatabase(
  url: string,
  poolSettings: PoolSettings = SERVER_POOL_SETTINGS,
  onStatement?: OnRun,
): Promise<Database> {
  return url.startsWith('file:')
    ? openFile(getSqlitePath(url), onStatement)
    : openPool(url, poolSettings, onStatement)
}

async function openFile(path: string, onRun: OnRun | undefined): Promise<Database> {
  const database = new Database(
    opening(() => createSqliteDialect(path)),
    SQLITE_SQL,
    onRun,
  )
  await migrate(database)
  await sql.raw(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`).execute(database)
  return database
}

/** Migrations have a connection without time-outs: one copy migrates, the others wait as long as it takes. */
async function openPool(url: string, pool: PoolSettings, onRun: OnRun | undefined): Promise<Database> {
  const migrating = new Database(
    opening(() => createPostgresDialect(url, MIGRATION_POOL_SETTINGS)),
    POSTGRES_SQL,
  )
  await migrate(migrating)
  await migrating.destroy()
  return new Database(createPostgresDialect(url, pool), POSTGRES_SQL, onRun)
}

async function migrate(database: Database): Promise<void> {
  const provider = { getMigrations: async () => createMigrations(database.dialectSql) }
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest()
  if (!error) return
  await database.destroy()
  throw new DatabaseOpenError(error)
}

function opening<T>(open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw new DatabaseOpenError(error)
  }
}
