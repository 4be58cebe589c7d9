import { Socket } from 'node:net'
import { PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { watchConnections } from './connection-watchdog.ts'
import type { DialectSql } from './dialect.ts'
import { ServerUnreachableError } from './errors.ts'
import { parsePostgresUrl } from './postgres-connection.ts'

/** The settings of a connection pool. */
export type PoolSettings = {
  readonly maxConnections: number
  readonly connectTimeoutMs: number
  /** Undefined: no limit. */
  readonly statementTimeoutMs: number | undefined
}

/** The number of connections, and of queries that wait for one. */
export type PoolUsage = { readonly inUse: number; readonly idle: number; readonly waiting: number }

export const SERVER_POOL_SETTINGS: PoolSettings = {
  maxConnections: 10,
  connectTimeoutMs: 800,
  statementTimeoutMs: 5_000,
}
/** Without a statement timeout: one statement waits until another process has migrated. */
export const MIGRATION_POOL_SETTINGS: PoolSettings = {
  maxConnections: 1,
  connectTimeoutMs: 800,
  statementTimeoutMs: undefined,
}

/** The time after which the server ends the transaction, and so the locks, of a process that died or lost its network. */
const IDLE_TRANSACTION_TIMEOUT_MS = 4_000
/** The time that a response may take in addition to the statement timeout. */
const RESPONSE_MARGIN_MS = 1_000
const IDLE_TIMEOUT_MS = 30_000
const INT8 = pg.types.builtins.INT8

/** Parses int8 as a number, not a string: no value here exceeds 2^53. */
const types = {
  getTypeParser: ((oid, format) =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/**
 * Creates Kysely's PostgreSQL dialect over a pool that closes its connections when the server becomes unreachable.
 * @param url `postgres://…`, in libpq's format
 * @throws Error when the URL names a certificate that cannot be read
 */
export function createPostgresDialect(
  url: string,
  settings: PoolSettings,
): PostgresDialect & { readonly poolUsage: () => PoolUsage } {
  const server: pg.ClientConfig = {
    ...parsePostgresUrl(url),
    application_name: 'fakebook',
    keepAlive: true,
    types,
  }
  const sockets = new Set<Socket>()
  const pool = new pg.Pool({
    ...server,
    stream: () => openTrackedSocket(sockets),
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: settings.statementTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
  })
  // The pool removes an idle connection that breaks; one in use rejects its query.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  pool.on('connect', closeOnFatalError)
  watchConnections(pool, server, (reason) => {
    for (const socket of sockets) socket.destroy(reason)
  })
  if (settings.statementTimeoutMs !== undefined)
    closeSilentConnections(pool, settings.statementTimeoutMs + RESPONSE_MARGIN_MS)
  return Object.assign(new PostgresDialect({ pool }), { poolUsage: () => getPoolUsage(pool) })
}

const getPoolUsage = ({ totalCount, idleCount, waitingCount }: pg.Pool): PoolUsage => ({
  inUse: totalCount - idleCount,
  idle: idleCount,
  waiting: waitingCount,
})

function openTrackedSocket(sockets: Set<Socket>): Socket {
  const socket = new Socket()
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
  return socket
}

/**
 * Closes connections that are in use and silent for longer than a statement may take. A server can be reachable and yet
 * have lost a single connection, for example behind a firewall that dropped it: a query on it never gets an answer.
 */
function closeSilentConnections(pool: pg.Pool, timeoutMs: number): void {
  pool.on('connect', (client) => {
    const socket = getSocket(client)
    socket?.on('timeout', () => socket.destroy(new ServerUnreachableError('the connection is dead')))
  })
  pool.on('acquire', (client) => void getSocket(client)?.setTimeout(timeoutMs))
  pool.on('release', (_, client) => void getSocket(client)?.setTimeout(0))
}

/** Closes a connection after a fatal error, after which the server sends nothing: the next query gets another one. */
function closeOnFatalError(client: pg.PoolClient): void {
  if (!(client instanceof pg.Client)) return
  client.connection.on('errorMessage', ({ severity }: { severity?: unknown }) => {
    if (severity === 'FATAL' || severity === 'PANIC') void client.end()
  })
}

function getSocket(client: pg.PoolClient): Socket | undefined {
  const stream = client instanceof pg.Client ? client.connection.stream : undefined
  return stream instanceof Socket ? stream : undefined
}

const TITLE_VECTOR = sql`array_to_tsvector(string_to_array(words, ' '))`

export const POSTGRES_SQL: DialectSql = {
  integerType: 'bigint',
  primaryKeyTableSuffix: sql``,

  async createTitleIndex(database) {
    await sql`create index books_by_words on books using gin ((${TITLE_VECTOR}))`.execute(database)
  },

  searchTitleIndex(database, prefixes) {
    // Prefixes are letters and digits only, so none of them ends the quotes.
    const tsquery = prefixes.map((prefix) => `'${prefix}':*`).join(' & ')
    const query = database.selectFrom('books').where(sql<boolean>`${TITLE_VECTOR} @@ ${tsquery}::tsquery`)
    // The planner assumes that any prefix is frequent, and would walk the primary key until the page is full: through all
    // books for a word that none has. It cannot use the primary key for a sum.
    return { query, sortId: sql<number>`(books.id + 0)` }
  },

  async lockIdAllocation(transaction) {
    await sql`select pg_advisory_xact_lock(hashtextextended('fakebook: next ids', 0))`.execute(transaction)
  },

  async tryAdvisoryLock(transaction, name) {
    const { rows } = await sql<{
      taken: boolean
    }>`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as taken`.execute(transaction)
    return rows[0]?.taken === true
  },
}
