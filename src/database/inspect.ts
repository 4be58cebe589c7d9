import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { Database } from './database.ts'
import { describeDatabaseError, isDamaged } from './errors.ts'
import { isAdditive } from './migrate.ts'
import { createMigrations } from './migrations.ts'
import { createPostgresDialect, POSTGRES_SQL } from './postgres.ts'
import { getSqlitePath, IN_MEMORY_PATH, SQLITE_SQL } from './sqlite.ts'

/** The state of a database, found without changing it. */
type DatabaseInspection =
  | Readonly<{ state: 'memory' }>
  /** `location`: the file, or the database's name. */
  | Readonly<{ state: 'absent' | 'current' | 'older'; location: string }>
  /** `names`: migrations of a newer version of this project with which this one does not work. */
  | Readonly<{ state: 'newer'; names: readonly string[] }>
  | Readonly<{
      state: 'cannot open' | 'damaged' | 'read-only' | 'unavailable' | 'standby' | 'forbidden'
      description: string
    }>

const BUSY_TIMEOUT_MS = 500
const POOL_SETTINGS = { maxConnections: 1, connectTimeoutMs: 3_000, statementTimeoutMs: 3_000 }

/**
 * Inspects the database for `doctor`, without creating, migrating or writing anything. The contents of the tables are not
 * checked.
 * @param url `file:PATH`, `file::memory:` or `postgres://…`
 */
export async function inspectDatabase(url: string): Promise<DatabaseInspection> {
  return url.startsWith('file:') ? inspectSqlite(getSqlitePath(url)) : inspectPostgres(url)
}

function inspectSqlite(path: string): DatabaseInspection {
  if (path === IN_MEMORY_PATH) return { state: 'memory' }
  try {
    if (!existsSync(path)) {
      accessSync(findExistingFolder(path), constants.W_OK)
      return { state: 'absent', location: path }
    }
    const inspection = compareMigrations(readSqliteMigrations(path), path)
    const description = inspection.state === 'newer' ? undefined : findWriteError(path)
    return description === undefined ? inspection : { state: 'read-only', description }
  } catch (error) {
    return { state: isDamaged(error) ? 'damaged' : 'cannot open', description: (error as Error).message }
  }
}

/** Returns the folder in which the start creates the file, or the missing folders above it. */
function findExistingFolder(path: string): string {
  let folder = dirname(resolve(path))
  while (!existsSync(folder)) folder = dirname(folder)
  return `${folder}/`
}

function readSqliteMigrations(path: string) {
  using database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  const table = database.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").get()
  if (!table) return []
  return database.prepare('select name from kysely_migration').all()
}

/** The folder must be writable too: SQLite creates its write-ahead log in it. */
function findWriteError(path: string): string | undefined {
  try {
    for (const target of [path, dirname(path)]) accessSync(target, constants.W_OK)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

async function inspectPostgres(url: string): Promise<DatabaseInspection> {
  try {
    await using database = new Database(createPostgresDialect(url, POOL_SETTINGS), POSTGRES_SQL)
    return await inspectServer(database)
  } catch (error) {
    return { state: 'unavailable', description: describeDatabaseError(error) }
  }
}

type ServerInfo = Record<'location' | 'role' | 'missing_privileges', string> &
  Record<'is_migrated' | 'can_create_tables', boolean> & { read_only_reason: string | null }

/** A table that does not exist yet lacks no privilege. */
const SELECT_SERVER_INFO = sql<ServerInfo>`select current_user as role,
  format('"%s" of PostgreSQL %s', current_database(), current_setting('server_version')) as location,
  case when pg_is_in_recovery() then 'its server is a standby'
    when current_setting('default_transaction_read_only') = 'on' then 'default_transaction_read_only is on'
  end as read_only_reason,
  to_regclass('kysely_migration') is not null as is_migrated,
  coalesce(has_schema_privilege(current_schema(), 'create'), false) as can_create_tables,
  array_to_string(array(
    select privilege || ' in ' || name
    from (values
      ('kysely_migration', array['select']),
      ('books', array['select', 'insert']),
      ('keep', array['select', 'insert', 'update', 'delete']),
      ('idempotency', array['select', 'insert', 'update', 'delete'])
    ) as required (name, privileges), unnest(privileges) as privilege
    where not has_table_privilege(to_regclass(name), privilege)
  ), ', ') as missing_privileges`

async function inspectServer(database: Database): Promise<DatabaseInspection> {
  const [info] = (await SELECT_SERVER_INFO.execute(database)).rows
  if (!info) throw new Error('the server returned no information about itself')
  const migrations = info.is_migrated
    ? (await sql<{ name: string }>`select name from kysely_migration`.execute(database)).rows
    : []
  const inspection = compareMigrations(migrations, info.location)
  if (inspection.state === 'newer') return inspection
  if (info.read_only_reason !== null) return { state: 'standby', description: info.read_only_reason }
  if (inspection.state === 'older' && !info.can_create_tables)
    return { state: 'forbidden', description: `"${info.role}" may not create tables in it` }
  if (info.missing_privileges !== '')
    return { state: 'forbidden', description: `"${info.role}" may not ${info.missing_privileges}` }
  return inspection
}

// Both databases have migrations of the same names.
const KNOWN_MIGRATIONS = new Set(Object.keys(createMigrations(SQLITE_SQL)))

function compareMigrations(applied: readonly { name?: unknown }[], location: string): DatabaseInspection {
  const names = applied.map(({ name }) => String(name))
  const unknown = names.filter((name) => !KNOWN_MIGRATIONS.has(name))
  const incompatible = unknown.filter((name) => !isAdditive(name))
  if (incompatible.length > 0) return { state: 'newer', names: incompatible }
  const isCurrent = names.length - unknown.length === KNOWN_MIGRATIONS.size
  return { state: isCurrent ? 'current' : 'older', location }
}
