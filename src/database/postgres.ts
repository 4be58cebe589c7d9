import { Socket } from 'node:net'
import { PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { ServerUnreachableError, watchConnections } from './connection-watchdog.ts'
import type { DialectSql } from './dialect.ts'
import { parsePostgresUrl } from './postgres-connection.ts'

/** What a copy of the service may take of its database. Times are milliseconds; undefined: as long as it takes. */
export type PoolSettings = {
  readonly maxConnections: number
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number | undefined
}

/** Connections now, and queries that wait for one. */
export type PoolUsage = { readonly inUse: number; readonly idle: number; readonly waiting: number }

export const SERVER_POOL_SETTINGS: PoolSettings = {
  maxConnections: 10,
  connectTimeoutMs: 800,
  statementTimeoutMs: 5_000,
}
/** Waits in one statement until another copy is done. */
export const MIGRATION_POOL_SETTINGS: PoolSettings = {
  maxConnections: 1,
  connectTimeoutMs: 800,
  statementTimeoutMs: undefined,
}

/** A copy that died in a transaction, or whose line was cut, holds its locks no longer than this. */
const DEAD_AFTER_MS = 4_000
/** How much later than a statement's end its answer may come. */
const ANSWER_MS = 1_000
const IDLE_MS = 30_000
const INT8 = pg.types.builtins.INT8

/** Whole numbers come as numbers: none of ours is beyond 2^53. */
const types = {
  getTypeParser: ((oid, format) =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/**
 * Kysely's PostgreSQL dialect over a pool whose connections are given up when the server is gone.
 * @param url `postgres://…`, as libpq writes it
 * @returns the dialect, which tells how its pool is used
 * @throws when the URL names a certificate that cannot be read
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
    stream: () => tracked(sockets),
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: settings.statementTimeoutMs,
    idle_in_transaction_session_timeout: DEAD_AFTER_MS,
  })
  // A connection that breaks while nobody uses it is left out of the pool; one in use fails its query.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  pool.on('connect', endDying)
  watchConnections(pool, server, (reason) => {
    for (const socket of sockets) socket.destroy(reason)
  })
  if (settings.statementTimeoutMs !== undefined) endDeaf(pool, settings.statementTimeoutMs + ANSWER_MS)
  return Object.assign(new PostgresDialect({ pool }), { poolUsage: () => useOf(pool) })
}

const useOf = ({ totalCount, idleCount, waitingCount }: pg.Pool): PoolUsage => ({
  inUse: totalCount - idleCount,
  idle: idleCount,
  waiting: waitingCount,
})

function tracked(sockets: Set<Socket>): Socket {
  const socket = new Socket()
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
  return socket
}

/**
 * A server can be there and know nothing of one connection, as behind a firewall that forgot it: what is sent on that has
 * no answer, ever. So one that is in use and silent for longer than a statement may take is ended.
 */
function endDeaf(pool: pg.Pool, longestMs: number): void {
  pool.on('connect', (client) => {
    const socket = socketOf(client)
    socket?.on('timeout', () => socket.destroy(new ServerUnreachableError('the connection has no other end')))
  })
  pool.on('acquire', (client) => void socketOf(client)?.setTimeout(longestMs))
  pool.on('release', (_, client) => void socketOf(client)?.setTimeout(0))
}

/** What the server calls fatal is its last word on a connection: whoever asks again gets another one. */
function endDying(client: pg.PoolClient): void {
  if (!(client instanceof pg.Client)) return
  client.connection.on('errorMessage', ({ severity }: { severity?: unknown }) => {
    if (severity === 'FATAL' || severity === 'PANIC') void client.end()
  })
}

function socketOf(client: pg.PoolClient): Socket | undefined {
  const stream = client instanceof pg.Client ? client.connection.stream : undefined
  return stream instanceof Socket ? stream : undefined
}

const WORDS = sql`array_to_tsvector(string_to_array(words, ' '))`

export const POSTGRES_SQL: DialectSql = {
  integerType: 'bigint',
  primaryKeyTableSuffix: sql``,

  async createTitleIndex(db) {
    await sql`create index books_by_words on books using gin ((${WORDS}))`.execute(db)
  },

  searchTitleIndex(database, words) {
    // Words are letters and digits alone: none of them ends the quotes.
    const match = words.map((word) => `'${word}':*`).join(' & ')
    const query = database.selectFrom('books').where(sql<boolean>`${WORDS} @@ ${match}::tsquery`)
    // Its planner takes any beginning of a word for one that many have, and would go through the ids until enough are
    // found: all of them, for a word that nobody has. It cannot go by the sum.
    const id = sql<number>`(books.id + 0)`
    return { query, sortId: id }
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
