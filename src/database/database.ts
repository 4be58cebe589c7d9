import { type Dialect, Kysely, type LogEvent, sql } from 'kysely'
import { createConnectionWatchdog } from './connection-watchdog.ts'
import type { DialectSql } from './dialect.ts'
import { DatabaseOpenError } from './errors.ts'
import { migrateToLatest } from './migrate.ts'
import {
  createPostgresDialect,
  DEFAULT_POOL_SETTINGS,
  POSTGRES_SQL,
  type PoolSettings,
  type PoolUsage,
  parsePostgresUrl,
} from './postgres.ts'
import { createSearchThreadDialect } from './search-thread.ts'
import { createSqliteDialect, getSqlitePath, type ReadSync, SQLITE_SQL } from './sqlite.ts'
import type { SqliteFile } from './sqlite-file.ts'
import type { Tables } from './tables.ts'

export type DatabaseSettings = PoolSettings & {
  /** The time limit of a search, on both databases. */
  readonly searchTimeoutMs: number
}

const DEFAULT_SETTINGS: DatabaseSettings = { ...DEFAULT_POOL_SETTINGS, searchTimeoutMs: 2_000 }
/** A database that answers within this time is slow, not unavailable. */
const HEALTH_TIMEOUT_MS = 5_000

/** Receives each executed statement, without its parameter values. */
type OnStatement = (statement: { sql: string; durationMs: number; error: unknown }) => void

/** Connections for work that must not delay other work, and that other work must not delay. */
type ConnectionShares = {
  readonly writes: Database
  /** For reads whose duration grows with the number of books. */
  readonly searches: Database
  readonly health: Database
}

/** A Kysely instance with the SQL of its dialect. Its own connections are for short reads. */
export class Database extends Kysely<Tables> {
  readonly dialectSql: DialectSql
  /** The connections of each kind of work; by default those of the reads. */
  readonly shares: ConnectionShares
  /** Reads synchronously. Undefined if the dialect cannot, or if every statement is to be observed. */
  readonly readSync: ReadSync | undefined
  /** The file of an SQLite database that is not in memory. */
  readonly file: SqliteFile | undefined
  readonly #getPoolUsage: (() => PoolUsage) | undefined

  constructor(
    dialect: Dialect & {
      readonly getPoolUsage?: () => PoolUsage
      readonly readSync?: ReadSync
      readonly file?: SqliteFile | undefined
    },
    dialectSql: DialectSql,
    onStatement?: OnStatement,
    shares: Partial<ConnectionShares> = {},
  ) {
    const log = (event: LogEvent) =>
      onStatement?.({
        sql: event.query.sql,
        durationMs: event.queryDurationMillis,
        error: event.level === 'error' ? event.error : undefined,
      })
    super({ dialect, ...(onStatement && { log }) })
    this.dialectSql = dialectSql
    this.shares = { writes: this, searches: this, health: this, ...shares }
    this.readSync = onStatement ? undefined : dialect.readSync
    this.file = dialect.file
    this.#getPoolUsage = dialect.getPoolUsage
  }

  /** Returns the connections of all shares; undefined for SQLite, which has no pool. */
  getPoolUsage(): PoolUsage | undefined {
    const usages = this.#listShares().flatMap((share) => share.#getPoolUsage?.() ?? [])
    if (usages.length === 0) return undefined
    const sum = (state: keyof PoolUsage) => usages.reduce((total, usage) => total + usage[state], 0)
    return { inUse: sum('inUse'), idle: sum('idle'), waiting: sum('waiting') }
  }

  override async destroy(): Promise<void> {
    const others = this.#listShares().filter((share) => share !== this)
    await Promise.all([super.destroy(), ...others.map((share) => share.destroy())])
  }

  #listShares(): Database[] {
    return [...new Set([this, ...Object.values(this.shares)])]
  }
}

/**
 * Opens the database and migrates it. If several processes start at once, one of them migrates and the others wait.
 * @param url `file:PATH`, `file::memory:` or `postgres://…`
 * @param settings the limits of connections and statements
 * @param onStatement called after each statement; without it, statements are not measured
 * @throws DatabaseOpenError when the database cannot be opened, written or migrated
 */
export async function openDatabase(
  url: string,
  settings: DatabaseSettings = DEFAULT_SETTINGS,
  onStatement?: OnStatement,
): Promise<Database> {
  try {
    return url.startsWith('file:')
      ? await openSqlite(getSqlitePath(url), settings, onStatement)
      : await openPostgres(url, settings, onStatement)
  } catch (error) {
    throw new DatabaseOpenError(error)
  }
}

async function openSqlite(path: string, { searchTimeoutMs }: DatabaseSettings, onStatement?: OnStatement) {
  const dialect = createSqliteDialect(path)
  const { file } = dialect
  const open = (shareDialect: Dialect) => new Database(shareDialect, SQLITE_SQL, onStatement)
  // Another connection would have another database in memory.
  const shares = file && {
    writes: open(createSqliteDialect(path, file)),
    searches: open(createSearchThreadDialect({ path, timeoutMs: searchTimeoutMs, file })),
  }
  const database = new Database(dialect, SQLITE_SQL, onStatement, shares)
  await migrate(database)
  file?.watch()
  for (const share of [database, database.shares.writes]) await sql`PRAGMA busy_timeout = 0`.execute(share)
  return database
}

async function openPostgres(url: string, settings: DatabaseSettings, onStatement?: OnStatement) {
  // Without a statement or lock timeout: one statement waits until another process has migrated.
  const { connectTimeoutMs } = settings
  const migrationDatabase = new Database(
    createPostgresDialect(url, { maxConnections: 1, connectTimeoutMs }),
    POSTGRES_SQL,
  )
  await migrate(migrationDatabase)
  await migrationDatabase.destroy()
  const watchdog = createConnectionWatchdog(parsePostgresUrl(url))
  const open = (poolSettings: PoolSettings, shares?: ConnectionShares) =>
    new Database(createPostgresDialect(url, poolSettings, watchdog), POSTGRES_SQL, onStatement, shares)
  const { reads, writes, searches, health } = divideConnections(settings)
  return open(reads, { writes: open(writes), searches: open(searches), health: open(health) })
}

/** Returns the pools of one process: half of the connections for reads, and the rest for writes and searches. */
function divideConnections(settings: DatabaseSettings) {
  const { maxConnections, searchTimeoutMs, connectTimeoutMs } = settings
  const searches = Math.max(1, Math.floor(maxConnections / 5))
  const writes = Math.max(1, Math.floor((maxConnections * 3) / 10))
  return {
    reads: { ...settings, maxConnections: Math.max(1, maxConnections - writes - searches) },
    writes: { ...settings, maxConnections: writes },
    searches: {
      ...settings,
      maxConnections: searches,
      statementTimeoutMs: searchTimeoutMs,
      // Searches may wait for each other.
      connectTimeoutMs: Math.max(connectTimeoutMs, searchTimeoutMs),
    },
    health: {
      ...settings,
      maxConnections: 1,
      connectTimeoutMs: HEALTH_TIMEOUT_MS,
      statementTimeoutMs: HEALTH_TIMEOUT_MS,
    },
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
