import pg from 'pg'
import { describeDatabaseError } from './database-error.ts'
import { type DatabaseInspection, getMigrationState } from './inspection.ts'
import { parsePostgresUrl } from './postgres-connection.ts'

const PATIENCE_MS = 3_000

/** What the service does with its tables. */
const RIGHTS = {
  kysely_migration: ['select'],
  books: ['select', 'insert'],
  keep: ['select', 'insert', 'update', 'delete'],
  idempotency: ['select', 'insert', 'delete'],
} as const

const ABOUT = `select current_database() as name, current_user as role, current_setting('server_version') as version,
  current_setting('default_transaction_read_only') = 'on' as refuses, pg_is_in_recovery() as standby,
  to_regclass('kysely_migration') is not null as migrated,
  coalesce(has_schema_privilege(current_schema(), 'create'), false) as makes`

type About = {
  readonly name: string
  readonly role: string
  readonly version: string
  readonly refuses: boolean
  readonly standby: boolean
  readonly migrated: boolean
  readonly makes: boolean
}

/** Looks at PostgreSQL by reading its catalogue and the names of the migrations that were done. */
export async function inspectPostgres(url: string): Promise<DatabaseInspection> {
  let client: pg.Client | undefined
  try {
    client = new pg.Client({
      ...parsePostgresUrl(url),
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    })
    client.on('error', () => undefined)
    await client.connect()
    return await inspected(client)
  } catch (error) {
    return { state: 'away', description: describeDatabaseError(error) }
  } finally {
    await client?.end().catch(() => undefined)
  }
}

async function inspected(client: pg.Client): Promise<DatabaseInspection> {
  const [about] = (await client.query<About>(ABOUT)).rows
  if (!about) throw new Error('it says nothing of itself')
  const { name, role, version, refuses, standby, migrated, makes } = about
  const done = migrated
    ? await client.query<{ name: string }>('select name from kysely_migration')
    : undefined
  const found = getMigrationState(
    done?.rows.map((row) => row.name) ?? [],
    `"${name}" of PostgreSQL ${version}`,
  )
  if (found.state === 'newer') return found
  if (standby) return { state: 'standby', description: 'its server follows another one' }
  if (refuses) return { state: 'standby', description: 'default_transaction_read_only is on' }
  if (found.state === 'older' && !makes)
    return { state: 'forbidden', description: `"${role}" may not create tables in it` }
  const lacks = migrated ? await lacking(client) : []
  return lacks.length > 0
    ? { state: 'forbidden', description: `"${role}" may not ${lacks.join(', ')}` }
    : found
}

/** What the role may not do, as in `insert into books`. */
async function lacking(client: pg.Client): Promise<string[]> {
  const wanted = Object.entries(RIGHTS).flatMap(([table, rights]) =>
    rights.map((right) => [table, right] as const),
  )
  const asked = wanted.map(
    ([table, right], index) =>
      `to_regclass('${table}') is null or has_table_privilege(to_regclass('${table}'), '${right}') as r${index}`,
  )
  const [has = {}] = (await client.query<Record<string, boolean>>(`select ${asked.join(', ')}`)).rows
  return wanted.flatMap(([table, right], index) => (has[`r${index}`] ? [] : [`${right} in ${table}`]))
}
