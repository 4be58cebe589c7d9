import { type Dialect, Kysely, type LogEvent, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { StoreFault } from './database-error.ts'
import type { Own } from './dialect.ts'
import { migrationsOf } from './migrations.ts'
import { MIGRATING, POSTGRES, type PoolSettings, type PoolUse, postgresDialect, SERVING } from './postgres.ts'
import { BUSY_MS, pathOf, type ReadNow, SQLITE, sqliteDialect } from './sqlite.ts'
import type { Tables } from './tables.ts'

/** A statement as it was run: its text has no values in it. */
export type Run = { readonly text: string; readonly milliseconds: number; readonly error?: unknown }

type OnRun = (run: Run) => void

/** Kysely, with what the two databases say differently. */
export class Database extends Kysely<Tables> {
  readonly own: Own
  /** How its connections are used; undefined where there are none. */
  readonly use: (() => PoolUse) | undefined
  /** Reads without a promise, past the queue for the connection; undefined where that cannot be, or is not to be missed. */
  readonly readNow: ReadNow | undefined

  constructor(
    dialect: Dialect & { readonly use?: () => PoolUse; readonly readNow?: ReadNow },
    own: Own,
    onRun?: OnRun,
  ) {
    super({ dialect, ...(onRun && { log: (event) => onRun(runOf(event)) }) })
    this.own = own
    this.use = dialect.use
    this.readNow = onRun ? undefined : dialect.readNow
  }
}

const runOf = (event: LogEvent): Run => ({
  text: event.query.sql,
  milliseconds: event.queryDurationMillis,
  ...(event.level === 'error' && { error: event.error }),
})

/**
 * Opens the database and brings its tables up to date; of many copies that start at once, one does.
 * @param url `file:PATH`, `file::memory:` or `postgres://…`
 * @param pool for PostgreSQL
 * @param onRun told of each statement once it has been run; without it nothing is measured
 * @throws StoreFault when it can't be opened, written or migrated
 */
export function openDatabase(url: string, pool: PoolSettings = SERVING, onRun?: OnRun): Promise<Database> {
  return url.startsWith('file:') ? openFile(pathOf(url), onRun) : openPool(url, pool, onRun)
}

async function openFile(path: string, onRun: OnRun | undefined): Promise<Database> {
  const database = new Database(
    opening(() => sqliteDialect(path)),
    SQLITE,
    onRun,
  )
  await migrate(database)
  await sql.raw(`PRAGMA busy_timeout = ${BUSY_MS}`).execute(database)
  return database
}

/** Migrations have a connection without time-outs: one copy migrates, the others wait as long as it takes. */
async function openPool(url: string, pool: PoolSettings, onRun: OnRun | undefined): Promise<Database> {
  const migrating = new Database(
    opening(() => postgresDialect(url, MIGRATING)),
    POSTGRES,
  )
  await migrate(migrating)
  await migrating.destroy()
  return new Database(postgresDialect(url, pool), POSTGRES, onRun)
}

async function migrate(database: Database): Promise<void> {
  const provider = { getMigrations: async () => migrationsOf(database.own) }
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest()
  if (!error) return
  await database.destroy()
  throw new StoreFault(error)
}

function opening<T>(open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw new StoreFault(error)
  }
}
