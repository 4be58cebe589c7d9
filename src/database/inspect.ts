import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { describeDatabaseError } from './errors.ts'
import { createMigrations } from './migrations.ts'
import { parsePostgresUrl } from './postgres.ts'
import { BUSY_TIMEOUT_MS, getSqlitePath, IN_MEMORY_PATH, SQLITE_SQL } from './sqlite.ts'

type MigrationState =
  /** `location`: the file, or the database's name. */
  | { readonly state: 'current' | 'older'; readonly location: string }
  /** `names`: migrations of a newer version of this project. */
  | { readonly state: 'newer'; readonly names: readonly string[] }

/** The state of a database, found without changing it. */
export type DatabaseInspection =
  | MigrationState
  | { readonly state: 'memory' }
  | { readonly state: 'absent'; readonly location: string }
  | {
      readonly state: 'unopened' | 'read-only' | 'away' | 'standby' | 'forbidden'
      readonly description: string
    }

const POSTGRES_TIMEOUT_MS = 3_000

/** The privileges that the service needs. */
const REQUIRED_PRIVILEGES = {
  kysely_migration: ['select'],
  books: ['select', 'insert'],
  keep: ['select', 'insert', 'update', 'delete'],
  idempotency: ['select', 'insert', 'delete'],
} as const

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
    if (!existsSync(path)) return inspectAbsentFile(path)
    const migrationState = getMigrationState(readSqliteMigrations(path), path)
    if (migrationState.state === 'newer') return migrationState
    // The folder must be writable too: SQLite creates its write-ahead log in it.
    const description = findWriteError(path) ?? findWriteError(dirname(path))
    return description === undefined ? migrationState : { state: 'read-only', description }
  } catch (error) {
    return { state: 'unopened', description: (error as Error).message }
  }
}

/** Checks that the file can be created at start: the nearest existing folder must be writable. */
function inspectAbsentFile(path: string): DatabaseInspection {
  let folder = dirname(resolve(path))
  while (!existsSync(folder)) folder = dirname(folder)
  accessSync(`${folder}/`, constants.W_OK)
  return { state: 'absent', location: path }
}

function readSqliteMigrations(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    const table = database.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").get()
    if (!table) return []
    const rows = database.prepare('select name from kysely_migration').all()
    return rows.map(({ name }) => String(name))
  } finally {
    database.close()
  }
}

function findWriteError(path: string): string | undefined {
  try {
    accessSync(path, constants.W_OK)
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

const SELECT_SERVER_INFO = `select current_database() as name, current_user as role,
  current_setting('server_version') as version,
  current_setting('default_transaction_read_only') = 'on' as is_read_only, pg_is_in_recovery() as is_standby,
  to_regclass('kysely_migration') is not null as is_migrated,
  coalesce(has_schema_privilege(current_schema(), 'create'), false) as can_create_tables`

type ServerInfo = {
  readonly name: string
  readonly role: string
  readonly version: string
  readonly is_read_only: boolean
  readonly is_standby: boolean
  readonly is_migrated: boolean
  readonly can_create_tables: boolean
}

async function inspectServer(client: pg.Client): Promise<DatabaseInspection> {
  const [info] = (await client.query<ServerInfo>(SELECT_SERVER_INFO)).rows
  if (!info) throw new Error('the server returned no information about itself')
  const migrations = info.is_migrated
    ? (await client.query<{ name: string }>('select name from kysely_migration')).rows
    : []
  const migrationState = getMigrationState(
    migrations.map(({ name }) => name),
    `"${info.name}" of PostgreSQL ${info.version}`,
  )
  if (migrationState.state === 'newer') return migrationState
  if (info.is_standby) return { state: 'standby', description: 'its server is a standby' }
  if (info.is_read_only) return { state: 'standby', description: 'default_transaction_read_only is on' }
  if (migrationState.state === 'older' && !info.can_create_tables)
    return { state: 'forbidden', description: `"${info.role}" may not create tables in it` }
  const missing = info.is_migrated ? await findMissingPrivileges(client) : []
  return missing.length > 0
    ? { state: 'forbidden', description: `"${info.role}" may not ${missing.join(', ')}` }
    : migrationState
}

/** Returns the missing privileges, such as `insert in books`. A table that does not exist yet lacks none. */
async function findMissingPrivileges(client: pg.Client): Promise<string[]> {
  const required = Object.entries(REQUIRED_PRIVILEGES).flatMap(([table, privileges]) =>
    privileges.map((privilege) => ({ table, privilege })),
  )
  const columns = required.map(
    ({ table, privilege }, index) =>
      `to_regclass('${table}') is null or has_table_privilege(to_regclass('${table}'), '${privilege}') as r${index}`,
  )
  const [row = {}] = (await client.query<Record<string, boolean>>(`select ${columns.join(', ')}`)).rows
  return required
    .filter((_, index) => !row[`r${index}`])
    .map(({ table, privilege }) => `${privilege} in ${table}`)
}

// Both databases have migrations of the same names.
const KNOWN_MIGRATIONS = new Set(Object.keys(createMigrations(SQLITE_SQL)))

function getMigrationState(appliedMigrations: readonly string[], location: string): MigrationState {
  const names = appliedMigrations.filter((name) => !KNOWN_MIGRATIONS.has(name))
  if (names.length > 0) return { state: 'newer', names }
  return { state: appliedMigrations.length === KNOWN_MIGRATIONS.size ? 'current' : 'older', location }
}
