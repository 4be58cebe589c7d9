import { type Dialect, Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrationsOf } from './migrations.ts'
import type { Own } from './own.ts'
import { MIGRATING, POSTGRES, type PoolSettings, type PoolUse, postgresDialect, SERVING } from './postgres.ts'
import { BUSY_MS, pathOf, SQLITE, sqliteDialect } from './sqlite.ts'
import { StoreFault } from './store-fault.ts'
import type { Tables } from './tables.ts'

/** Kysely, with what the two databases say differently. */
export class Database extends Kysely<Tables> {
  readonly own: Own
  /** How its connections are used; undefined where there are none. */
  readonly use: (() => PoolUse) | undefined

  constructor(dialect: Dialect & { readonly use?: () => PoolUse }, own: Own) {
    super({ dialect })
    this.own = own
    this.use = dialect.use
  }
}

/**
 * Opens the database and brings its tables up to date; of many copies that start at once, one does.
 * @param url `file:PATH`, `file::memory:` or `postgres://…`
 * @param pool for PostgreSQL
 * @throws StoreFault when it can't be opened, written or migrated
 */
export function openDatabase(url: string, pool: PoolSettings = SERVING): Promise<Database> {
  return url.startsWith('file:') ? openFile(pathOf(url)) : openPool(url, pool)
}

async function openFile(path: string): Promise<Database> {
  const database = new Database(
    opening(() => sqliteDialect(path)),
    SQLITE,
  )
  await migrate(database)
  await sql.raw(`PRAGMA busy_timeout = ${BUSY_MS}`).execute(database)
  return database
}

/** Migrations have a connection without time-outs: one copy migrates, the others wait as long as it takes. */
async function openPool(url: string, pool: PoolSettings): Promise<Database> {
  const migrating = new Database(
    opening(() => postgresDialect(url, MIGRATING)),
    POSTGRES,
  )
  await migrate(migrating)
  await migrating.destroy()
  return new Database(postgresDialect(url, pool), POSTGRES)
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
