import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { describeDatabaseError } from './errors.ts'
import { createMigrations } from './migrations.ts'
import { parsePostgresUrl } from './postgres.ts'
import { BUSY_TIMEOUT_MS, getSqlitePath, IN_MEMORY_PATH, SQLITE_SQL } from './sqlite.ts'

/** The state of a database, found without changing it. */
type DatabaseInspection =
  | { readonly state: 'memory' }
  /** `location`: the file, or the database's name. */
  | { readonly state: 'absent' | 'current' | 'older'; readonly location: string }
  /** `names`: migrations of a newer version of this project. */
  | { readonly state: 'newer'; readonly names: readonly string[] }
  | {
      readonly state: 'unopened' | 'read-only' | 'away' | 'standby' | 'forbidden'
      readonly description: string
    }

const POSTGRES_TIMEOUT_MS = 3_000

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
    return { state: 'unopened', description: (error as Error).message }
  }
}

/** Returns the folder in which the start creates the file, or the missing folders above it. */
function findExistingFolder(path: string): string {
  let folder = dirname(resolve(path))
  while (!existsSync(folder)) folder = dirname(folder)
  return `${folder}/`
}

function readSqliteMigrations(path: string): readonly string[] {
  using database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  const table = database.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").get()
  if (!table) return []
  const rows = database.prepare('select name from kysely_migration').all()
  return rows.map(({ name }) => String(name))
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
  let client: pg.Client | undefined
  try {
    client = new pg.Client({
      ...parsePostgresUrl(url),
      connectionTimeoutMillis: POSTGRES_TIMEOUT_MS,
      query_timeout: POSTGRES_TIMEOUT_MS,
    })
    client.on('error', () => undefined)
    await client.connect()
    return await inspectServer(client)
  } catch (error) {
    return { state: 'away', description: describeDatabaseError(error) }
  } finally {
    await client?.end().catch(() => undefined)
  }
}

type ServerInfo = Readonly<
  Record<'location' | 'role' | 'missing_privileges', string> &
    Record<'is_migrated' | 'can_create_tables', boolean> & { read_only_reason: string | null }
>

/** A table that does not exist yet lacks no privilege. */
const SELECT_SERVER_INFO = `select current_user as role,
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
      ('idempotency', array['select', 'insert', 'delete'])
    ) as required (name, privileges), unnest(privileges) as privilege
    where not has_table_privilege(to_regclass(name), privilege)
  ), ', ') as missing_privileges`

async function inspectServer(client: pg.Client): Promise<DatabaseInspection> {
  const [info] = (await client.query<ServerInfo>(SELECT_SERVER_INFO)).rows
  if (!info) throw new Error('the server returned no information about itself')
  const migrations = info.is_migrated
    ? (await client.query<{ name: string }>('select name from kysely_migration')).rows
    : []
  const appliedMigrations = migrations.map(({ name }) => name)
  const inspection = compareMigrations(appliedMigrations, info.location)
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

function compareMigrations(appliedMigrations: readonly string[], location: string): DatabaseInspection {
  const names = appliedMigrations.filter((name) => !KNOWN_MIGRATIONS.has(name))
  if (names.length > 0) return { state: 'newer', names }
  return { state: appliedMigrations.length === KNOWN_MIGRATIONS.size ? 'current' : 'older', location }
}
